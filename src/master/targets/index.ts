export { globTest } from './glob.ts';
export { type Inventory, type Resolved, resolveTarget, targetTypes } from './resolve.ts';
