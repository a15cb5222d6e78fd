export { brinePlane } from './brine-plane.ts';
export { createReactor, type Reactor, type ReactorDeps } from './reactor.ts';
export { diskRuleFiles } from './rule-files.ts';
