export { compileLeaf, type Leaf } from './leaf.ts';
export { compileSls, type SlsTemplate } from './sls.ts';
