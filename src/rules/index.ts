export { fnmatch } from '../match/index.ts';
export { type Context, type Rendered, truthy } from '../render/index.ts';
export { loadRules } from './load.ts';
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
