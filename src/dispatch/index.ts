export {
  createDispatcher,
  type Dispatcher,
  type DispatcherOptions,
  type DispatcherStatus,
} from './dispatcher.ts';
