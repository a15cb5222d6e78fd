export { PlanCache } from './cache.ts';
export { Collector, mark } from './collector.ts';
export { compileLeaf, type Leaf } from './leaf.ts';
export { compileSls, type SlsTemplate } from './sls.ts';
