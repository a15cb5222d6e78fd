import type { ValueMap } from '../core/index.ts';
import type { ApiSettings } from './api.ts';
import type { SaltSocketsFor, SdbProfile } from './keys.ts';
import type { SaltApiSettings } from './salt-api.ts';
import type { TraceSettings } from './trace.ts';

/** Everything that can be set: checked, defaults filled in, paths absolute, frozen. */
export interface Settings {
  /** The file they were read from, or null when defaults serve. */
  readonly file: string | null;
  readonly dataDir: string;
  /** Folder of the unix sockets (mode 0700). */
  readonly sockDir: string;
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** Longest event, in bytes of its encoded data. */
  readonly eventBytesMax: number;
  /** Where spans go; null collects none. */
  readonly trace: TraceSettings | null;
  readonly master: MasterSettings;
  readonly minion: MinionSettings;
  readonly reactor: ReactorSettings;
  readonly salt: SaltSettings;
  readonly api: ApiSettings;
}

/** For a reactor beside a real Salt master, and for Salt's own programs beside Brine's master. */
export interface SaltSettings {
  /** Which release's programs read the buses of master and minion through Salt's event sockets; or off. */
  readonly sockets: SaltSocketsFor;
  /** Reactor files that Brine's own configuration names, beside those of the Salt master's. */
  readonly reactors: readonly string[];
  /** How long jobs wait for others that can be published together with them; 0 publishes each alone. */
  readonly coalesceMs: number;
  /** Also react to events that another master of a cluster has forwarded. */
  readonly clusterEvents: boolean;
  /** `salt-call` and its options, for `caller` reactions. */
  readonly callCommand: readonly string[];
  /** For a reactor on another host than the master. */
  readonly saltApi: SaltApiSettings;
}

export interface MasterSettings {
  readonly id: string;
  /** Address for minions of other hosts; loopback unless set. */
  readonly interface: string;
  /** CURVE port for accepted minions. 0 picks a free one. */
  readonly port: number;
  /** Port where a minion shows its key and learns the master's. 0 picks a free one. */
  readonly enrolPort: number;
  readonly autoAccept: readonly AutoAccept[];
  readonly nodegroups: Readonly<Record<string, string | readonly string[]>>;
  /** Seconds a job's publisher waits before it asks who is still at work. */
  readonly timeoutS: number;
  readonly gatherJobTimeoutS: number;
  /** Seconds between presence checks, and after which a silent minion counts as lost. */
  readonly presenceIntervalS: number;
  readonly presenceEvents: boolean;
  /** Milliseconds without a sign of life after which a job that a minion took counts as lost. */
  readonly jobLeaseMs: number;
  readonly keepJobsHours: number;
  readonly retentionHours: number;
  readonly retentionBytes: number;
  /** Events that may wait for the disk before publishers are refused. */
  readonly queueEventsMax: number;
}

/** A minion that is accepted at sight: by id, and by the fingerprint of its key. */
export interface AutoAccept {
  readonly id: string;
  readonly fingerprint: string;
}

export interface MinionSettings {
  readonly id: string;
  /** Host of the master, or null for the one in this data folder. */
  readonly master: string | null;
  readonly masterPort: number;
  readonly masterEnrolPort: number;
  /** The master's key fingerprint; null trusts the first one seen and pins it. */
  readonly masterFinger: string | null;
  /** Folder of the operator's own modules. */
  readonly modulesDir: string;
  /** Use an installed `salt-call --local` for functions that Brine does not have. */
  readonly saltCall: boolean;
  /** Static grains. */
  readonly grains: ValueMap;
  readonly acceptanceWaitS: number;
  readonly jobsMax: number;
}

/** What templates may ask outside their event, and what that may cost. */
export interface LookupSettings {
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  /** Milliseconds for one answer, and for all answers of one event. */
  readonly timeoutMs: number;
  readonly waitMs: number;
  /** Milliseconds for which an answer also serves events that came after it was asked. */
  readonly cacheMs: number;
  readonly answerBytesMax: number;
  /** How often one event may be decided again because an answer led to another look-up. */
  readonly roundsMax: number;
  readonly perEventMax: number;
  /** Events that may wait for answers at once. */
  readonly waitingMax: number;
  readonly atOnceMax: number;
  readonly sdb: Readonly<Record<string, SdbProfile>>;
}

export interface ReactorSettings {
  /** Files and folders with reactors; absolute. */
  readonly reactors: readonly string[];
  /** `file_roots`: environment → folders, for `salt://`. */
  readonly fileRoots: Readonly<Record<string, readonly string[]>>;
  readonly depthMax: number;
  /** Reactions under way at once. */
  readonly inFlightMax: number;
  /** Reactions of one rule under way at once, for rules that do not say; 0 without a limit. */
  readonly ruleConcurrency: number;
  /** Reactions of one rule that may wait for a place or for their next attempt. */
  readonly ruleBacklogMax: number;
  readonly attemptsMax: number;
  readonly retryBaseMs: number;
  readonly retryMaxMs: number;
  /** Template steps one render may take. */
  readonly renderStepsMax: number;
  readonly renderBytesMax: number;
  /** The Salt release whose reactor compiler is followed where they differ. */
  readonly saltCompat: 3006 | 3007 | 3008;
  /** The environment variables that templates may read, as they were at the start. */
  readonly environ: Readonly<Record<string, string>>;
  readonly lookups: LookupSettings;
  /** Days that decisions are kept. */
  readonly keepDecisionsHours: number;
  /** Follow changes of reactor files without a signal. */
  readonly watch: boolean;
  /** Milliseconds between canary events; 0 sends none. */
  readonly canaryIntervalMs: number;
  /** The master's `job_lease`: how long a job holds a place of its rule when nobody can be asked about it. */
  readonly jobLeaseMs: number;
}
