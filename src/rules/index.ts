export { fnmatch } from '../match/index.ts';
export { type Context, type LookupDesk, type Rendered, truthy } from '../render/index.ts';
export { loadRules } from './load.ts';
export { defaultPolicy, type LookupPolicy, nameOf, refusalOf } from './lookup-policy.ts';
export { buildAction } from './native/action.ts';
export { actionOf, compileHigh, type HighFile } from './salt/index.ts';
export type {
  Condition,
  ConditionPart,
  KnownFunctions,
  NativeRule,
  Rule,
  RuleFiles,
  RuleInput,
  RuleSet,
  SaltFacts,
  SaltRelease,
  SaltRule,
} from './types.ts';
