export { slsContext, withDesk } from './context.ts';
export { decide, matching, wants } from './decide.ts';
export { Desk } from './desk.ts';
export { explain } from './explain.ts';
export type { Decided, RuleDecision } from './types.ts';
