/** What a script may import; docs/library.md shows each with an example. */
export {
  Caller,
  type CmdOptions,
  type ConnectOptions,
  connect,
  EventSession,
  type FunctionResult,
  type Gap,
  type GetEventOptions,
  type JobNews,
  type JobRequest,
  kwarg,
  LocalClient,
  MasterClient,
  type MatchType,
  type MinionResult,
  type PlainData,
  type PublishedJob,
  RunnerClient,
  type RunnerOptions,
  type RunnerResult,
  type SessionOptions,
  type TaggedEvent,
  type WhereOptions,
} from './client/index.ts';
export {
  type Environment,
  type LoadedSettings,
  type LoadOptions,
  type LogLevel,
  loadSettings,
  type RawConfig,
  type Settings,
} from './config/index.ts';
export {
  BrineError,
  type Clock,
  type ErrorCode,
  type Ids,
  isBrineError,
  type Plain,
  type Problem,
  silentTelemetry,
  type Telemetry,
  type TraceEvent,
} from './core/index.ts';
export { createMaster, type Master } from './master/index.ts';
export { createMinion, type Minion } from './minion/index.ts';
export { createReactor, type Reactor } from './reactor/index.ts';
export { systemClock, systemIds } from './system/index.ts';
