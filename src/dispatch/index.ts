export { createDispatcher, type Dispatcher } from './dispatcher.ts';
export type { DispatcherStatus, RuleQueue } from './status.ts';
