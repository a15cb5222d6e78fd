export { compileLeaf } from './leaf.ts';
export { compileSls, type SlsTemplate } from './sls.ts';
