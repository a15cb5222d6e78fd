export { Caller, kwarg } from './caller.ts';
export { type ConnectOptions, connect } from './connect.ts';
export type { JobNews } from './follow.ts';
export { type CmdOptions, LocalClient, type MinionResult } from './local-client.ts';
export {
  type Asker,
  connectMaster,
  type FunctionCall,
  type FunctionResult,
  type JobRequest,
  MasterClient,
  type PublishedJob,
} from './master-client.ts';
export { type MatchType, pythonRegex, tagTest } from './match-type.ts';
export { probeSocket } from './probe.ts';
export { BusReader, type ReadEvent } from './reader.ts';
export { RunnerClient, type RunnerOptions, type RunnerResult } from './runner-client.ts';
export { seekTime } from './seek.ts';
export { EventSession, type GetEventOptions, type SessionOptions } from './session.ts';
export type { Gap, PlainData, TaggedEvent } from './types.ts';
export type { WhereOptions } from './where.ts';
