export { brinePlane } from './brine-plane.ts';
export { createReactor, type Reactor } from './reactor.ts';
export { diskRuleFiles } from './rule-files.ts';
export { ruleInput } from './rule-input.ts';
