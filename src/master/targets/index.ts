export { globTest } from './glob.ts';
export { type Inventory, type Resolved, resolveTarget } from './resolve.ts';
