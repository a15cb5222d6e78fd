export { fnmatch } from './fnmatch.ts';
export { compileGlobs, type Matcher } from './matcher.ts';
export { globsOverlap } from './overlap.ts';
