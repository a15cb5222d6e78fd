import { compileGlob } from './compile.ts';

const cacheMax = 256;
const cache = new Map<string, RegExp>();

/** Whether a text matches a glob, as Python's `fnmatch.fnmatch` says on POSIX. */
export function fnmatch(text: string, glob: string): boolean {
  return compiled(glob).test(text);
}

function compiled(glob: string): RegExp {
  const known = cache.get(glob);
  if (known !== undefined) return known;
  const fresh = compileGlob(glob);
  const oldest = cache.size >= cacheMax ? cache.keys().next().value : undefined;
  if (oldest !== undefined) cache.delete(oldest);
  cache.set(glob, fresh);
  return fresh;
}
