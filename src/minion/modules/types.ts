import type { MinionSettings } from '../../config/index.ts';
import type { Clock, Ids, JobLoad, Value, ValueMap } from '../../core/index.ts';
import type { Arguments } from './arguments.ts';
import type { Signature } from './signature.ts';

/** Where functions send events. */
export interface EventSink {
  /** To this minion's own bus. Throws when that is not reachable. */
  fire(tag: string, data: ValueMap): Promise<void>;
  /** To the master, through the spool. False when there is no way to it. */
  send(tag: string, data: Value, jid: string | null): Promise<boolean>;
}

/** The jobs under way, as `saltutil` shows and ends them. */
export interface RunningJobs {
  list(): Promise<readonly ValueMap[]>;
  /** The process group of the job or 0; null when no such job runs. */
  kill(jid: string): Promise<number | null>;
}

/** Every function that can be called, for `sys` and `saltutil`. */
export interface FunctionIndex {
  names(): readonly string[];
  describe(name: string): { readonly signature: Signature; readonly doc: string } | undefined;
  /** Loads the operator's modules anew and says which there are. */
  reload(): Promise<readonly string[]>;
}

export interface GrainSource {
  get(): ValueMap;
  refresh(): Promise<ValueMap>;
}

/** What one call of a function may use. */
export interface Call {
  readonly settings: MinionSettings;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly grains: GrainSource;
  readonly events: EventSink;
  readonly running: RunningJobs;
  readonly functions: FunctionIndex;
  readonly job: JobLoad;
  /** The id of the job when a master published it; null for a call in the operator's own process. */
  readonly publishedJid: string | null;
  /** Salt's `__pub_*`: how the call came about; only functions with `**kwargs` see it. */
  readonly publication: ValueMap;
  /** Aborts when the job is killed or the minion stops. */
  readonly signal: AbortSignal;
  /** The job's return code, unless the function throws. */
  setRetcode(code: number): void;
  /** Names the process that works for this job. */
  setProcess(pid: number): void;
}

export interface MinionFunction {
  /** Python-like: `name, count=1, *args, **kwargs`. */
  readonly signature: string;
  readonly doc: string;
  run(args: Arguments, call: Call): Value | Promise<Value>;
}

/** Function name → function. */
export type MinionModule = Readonly<Record<string, MinionFunction>>;
