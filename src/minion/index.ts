export { createCaller } from './caller.ts';
export { createMinion, type Minion } from './minion.ts';
