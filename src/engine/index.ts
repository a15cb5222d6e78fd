export { slsContext } from './context.ts';
export { decide, wants } from './decide.ts';
export { explain } from './explain.ts';
export type { Decided, RuleDecision } from './types.ts';
