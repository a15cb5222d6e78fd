export { createCaller } from './caller.ts';
export { createMinion, type Minion, type MinionDeps } from './minion.ts';
