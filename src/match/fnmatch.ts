import { type CompiledGlob, compileGlob } from './compile.ts';

const cacheMax = 256;
const cache = new Map<string, CompiledGlob>();

/** Whether a text matches a glob, as Python's `fnmatch.fnmatch` says on POSIX. */
export function fnmatch(text: string, glob: string): boolean {
  const { pattern } = compiled(glob);
  return typeof pattern === 'string' ? pattern === text : pattern.test(text);
}

function compiled(glob: string): CompiledGlob {
  const known = cache.get(glob);
  if (known !== undefined) return known;
  const fresh = compileGlob(glob);
  const oldest = cache.size >= cacheMax ? cache.keys().next().value : undefined;
  if (oldest !== undefined) cache.delete(oldest);
  cache.set(glob, fresh);
  return fresh;
}
