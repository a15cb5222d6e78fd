export { brinePlane } from './brine-plane.ts';
export { brineLookups } from './lookups/ask.ts';
export { Resolver } from './lookups/resolver.ts';
export { sdbOf } from './lookups/sdb.ts';
export { createReactor, type Reactor } from './reactor.ts';
export { diskRuleFiles } from './rule-files.ts';
export { ruleInput } from './rule-input.ts';
