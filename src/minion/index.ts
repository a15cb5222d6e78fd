export { type Caller, createCaller } from './caller.ts';
export { createMinion, type Minion, type MinionDeps } from './minion.ts';
export type { ParseArgument } from './modules/bind.ts';
