export { type Caller, createCaller } from './caller.ts';
export { collectGrains } from './grains/collect.ts';
export { createMinion, type Minion } from './minion.ts';
