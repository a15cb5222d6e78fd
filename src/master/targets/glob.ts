import { fnmatch } from '../../match/index.ts';

/** A test for names of one glob. */
export function globTest(glob: string): (name: string) => boolean {
  return hasGlob(glob) ? (name) => fnmatch(name, glob) : (name) => name === glob;
}

export function hasGlob(text: string): boolean {
  return /[*?[]/.test(text);
}
