import { join } from 'node:path';
import { loadSettings, type Settings } from '../../../src/config/index.ts';
import {
  type Clock,
  type Ids,
  type JobLoad,
  type JobReturn,
  type Telemetry,
  type TraceEvent,
  type Value,
  type ValueMap,
} from '../../../src/core/index.ts';
import { execute } from '../../../src/minion/execute/execute.ts';
import { Functions } from '../../../src/minion/execute/functions.ts';
import type { Call } from '../../../src/minion/modules/types.ts';
import { type WorkerLimits, workerLimits } from '../../../src/minion/operator/module-worker.ts';
import { systemClock, systemIds } from '../../../src/system/index.ts';

export const clock: Clock = systemClock;
export const ids: Ids = systemIds(systemClock);

export function settingsIn(folder: string, minion: Partial<Settings['minion']> = {}): Settings {
  const loaded = loadSettings({ dataDir: folder, env: {}, cwd: folder });
  if (!('settings' in loaded)) throw new Error(JSON.stringify(loaded));
  const { settings } = loaded;
  return {
    ...settings,
    sockDir: join(folder, 'run'),
    master: { ...settings.master, port: 0, enrolPort: 0 },
    minion: { ...settings.minion, id: 'm1', modulesDir: join(folder, 'modules'), ...minion },
  };
}

/** Everything that was reported, and a way to wait for a report. */
export class Reports implements Telemetry {
  readonly events: TraceEvent[] = [];
  #waiting: (() => void)[] = [];

  emit(event: TraceEvent): void {
    this.events.push(event);
    for (const wake of this.#waiting.splice(0)) wake();
  }

  of<K extends TraceEvent['kind']>(kind: K): Extract<TraceEvent, { kind: K }>[] {
    return this.events.filter((event): event is Extract<TraceEvent, { kind: K }> => event.kind === kind);
  }

  async until(isThere: () => boolean): Promise<void> {
    while (!isThere()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}

export interface Sent {
  readonly tag: string;
  readonly data: Value;
  readonly jid: string | null;
}

/** The minion's functions without a minion around them. */
export class Bench implements AsyncDisposable {
  readonly settings: Settings;
  readonly reports: Reports = new Reports();
  readonly functions: Functions;
  readonly fired: Sent[] = [];
  readonly sent: Sent[] = [];
  busIsThere = true;
  pid = 0;

  constructor(
    folder: string,
    options: { limits?: Partial<WorkerLimits>; minion?: Partial<Settings['minion']> } = {},
  ) {
    this.settings = settingsIn(folder, options.minion);
    this.functions = new Functions({
      folder: this.settings.minion.modulesDir,
      clock,
      telemetry: this.reports,
      limits: { ...workerLimits, ...options.limits },
      parse: (text) => text,
      grains: () => this.grains,
    });
  }

  grains: ValueMap = new Map<Value, Value>([
    ['id', 'm1'],
    ['os', 'Debian'],
    ['roles', ['web', 'db']],
  ]);

  /** Runs a function as a job that a master published. */
  run(
    fun: string,
    arg: readonly Value[] = [],
    kwarg: Readonly<Record<string, Value>> = {},
    signal: AbortSignal = new AbortController().signal,
  ): Promise<JobReturn> {
    return execute(this.functions, jobOf(fun, arg, kwarg), this.#parts(signal));
  }

  #parts(signal: AbortSignal): Omit<Call, 'job' | 'publishedJid' | 'publication' | 'setRetcode'> {
    return {
      settings: this.settings.minion,
      clock,
      ids,
      grains: { get: () => this.grains, refresh: () => Promise.resolve(this.grains) },
      running: { list: () => Promise.resolve([]), kill: () => Promise.resolve(null) },
      functions: this.functions,
      signal,
      setProcess: (pid) => {
        this.pid = pid;
      },
      events: {
        fire: (tag, data) => {
          if (!this.busIsThere) return Promise.reject(new Error('no bus'));
          this.fired.push({ tag, data, jid: null });
          return Promise.resolve();
        },
        send: (tag, data, jid) => {
          if (!this.busIsThere) return Promise.reject(new Error('no bus'));
          this.sent.push({ tag, data, jid });
          return Promise.resolve(true);
        },
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.functions.close();
    // Node lets go of the handle of a process that has ended a turn or two later.
    for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }
}

export const jid = '20261122160000000001';

export function jobOf(
  fun: string,
  arg: readonly Value[] = [],
  kwarg: Readonly<Record<string, Value>> = {},
  id: string = jid,
): JobLoad {
  return {
    jid: id,
    fun,
    arg,
    kwarg: new Map(Object.entries(kwarg)),
    tgt: 'm*',
    tgtType: 'glob',
    user: 'root',
    ret: '',
    metadata: null,
    cause: null,
    depth: 0,
  };
}
