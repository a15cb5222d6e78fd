/** What a script may import; docs/library.md shows each with an example. */
export {
  Caller,
  type CmdOptions,
  type ConnectOptions,
  connect,
  EventSession,
  type Gap,
  type GetEventOptions,
  kwarg,
  LocalClient,
  MasterClient,
  type MatchType,
  type MinionResult,
  type PlainData,
  RunnerClient,
  type RunnerResult,
  type TaggedEvent,
  type WhereOptions,
} from './client/index.ts';
export { type LoadedSettings, type LoadOptions, loadSettings, type Settings } from './config/index.ts';
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
