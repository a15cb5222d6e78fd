import { packValue } from '../bus/index.ts';
import {
  type Clock,
  type JobLoad,
  type JobReturn,
  jobToValue,
  messageOf,
  returnToValue,
  type Telemetry,
  type ValueMap,
} from '../core/index.ts';
import { Batcher } from './batcher.ts';
import { type CallParts, execute, returnOf } from './execute/execute.ts';
import type { Functions } from './execute/functions.ts';
import type { RunningJobs } from './modules/types.ts';
import { killGroup } from './process/run.ts';
import type { Spool } from './spool.ts';

/** Jobs that may wait for their turn. More are not confirmed, and the master sends only a few ahead of that. */
const waitingMax = 10_000;
/** What a killed function has to come to its end by itself. */
const killGraceMs = 1000;
/** Pause before jobs and returns are stored again, after the disk refused them. */
const storeRetryMs = 1000;
/** What a return needs around its value. */
const returnOverhead = 4096;

export interface JobRunnerOptions {
  readonly spool: Spool;
  readonly functions: Functions;
  readonly parts: Omit<CallParts, 'running' | 'signal' | 'setProcess'>;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly jobsMax: number;
  readonly returnBytesMax: number;
  /** These jobs are in the spool. */
  onTaken(jids: readonly string[]): void;
  /** Returns are in the spool. */
  onReturned(returns: readonly JobReturn[]): void;
}

interface Running {
  readonly load: JobLoad;
  readonly abort: AbortController;
  pid: number;
}

/** Takes jobs, runs a few at once, and puts their returns into the spool. No jid runs twice. */
export class JobRunner implements RunningJobs {
  readonly #options: JobRunnerOptions;
  readonly #running = new Map<string, Running>();
  readonly #arrived: Batcher<JobLoad>;
  readonly #finished: Batcher<JobReturn>;
  #waiting: JobLoad[] = [];
  /** Arrived while too many waited; the master has not heard that they did. */
  readonly #parked = new Map<string, JobLoad>();
  /** Places of jobs that are being marked as started: they begin as soon as that is durable. */
  #beginning = 0;
  #marking: Promise<void> | undefined;
  #stopping = false;
  #endPause: () => void = () => undefined;

  constructor(options: JobRunnerOptions) {
    this.#options = options;
    this.#arrived = new Batcher(4096, (loads) => this.#guard('jobs', () => this.#take(loads)));
    this.#finished = new Batcher(4096, (returns) => this.#guard('returns', () => this.#finish(returns)));
  }

  /** Goes on after a restart: what may have begun is reported as interrupted, the rest runs now. */
  async resume(): Promise<void> {
    const jobs = this.#options.spool.jobs();
    const interrupted = jobs.filter((job) => job.started).map((job) => job.load);
    this.#finished.add(
      ...interrupted.map((load) => returnOf(load, 'The job was interrupted by a restart of the minion.', 1)),
    );
    this.#waiting.push(...jobs.filter((job) => !job.started).map((job) => job.load));
    await this.#finished.idle();
    this.#next();
  }

  get runningCount(): number {
    return this.#running.size;
  }

  receive(loads: readonly JobLoad[]): void {
    this.#arrived.add(...loads);
  }

  list(): Promise<readonly ValueMap[]> {
    const jobs = [...this.#running.values()].map(({ load, pid }) => {
      const shown = jobToValue(load);
      for (const key of ['kwarg', 'cause', 'depth', 'metadata']) shown.delete(key);
      return shown.set('pid', pid === 0 ? process.pid : pid);
    });
    return Promise.resolve(jobs);
  }

  kill(jid: string): Promise<number | null> {
    const running = this.#running.get(jid);
    running?.abort.abort();
    return Promise.resolve(running?.pid ?? null);
  }

  /** Ends the jobs under way; what has not begun stays in the spool and runs after the next start. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    this.#endPause();
    await this.#arrived.idle();
    await this.#marking;
    const { clock } = this.#options;
    for (const running of this.#running.values()) running.abort.abort();
    const endMs = clock.monotonicMs() + graceMs;
    while (this.#running.size > 0 && clock.monotonicMs() < endMs)
      await new Promise<void>((resolve) => void clock.after(10, resolve));
    for (const { pid } of this.#running.values()) killGroup(pid);
    await this.#finished.idle();
  }

  async #take(loads: readonly JobLoad[]): Promise<void> {
    const { spool } = this.#options;
    const seen = new Set<string>();
    const unknown = loads.filter((load) => {
      if (load.jid === '' || spool.knows(load.jid) || seen.has(load.jid)) return false;
      seen.add(load.jid);
      return true;
    });
    const room = Math.max(0, waitingMax - this.#waiting.length);
    const fresh = unknown.slice(0, room);
    for (const load of unknown.slice(room)) this.#parked.set(load.jid, load);
    // Jobs that arrive in a quiet moment are taken and begun with one commit.
    const begin = this.#waiting.length > 0 || this.#stopping ? 0 : Math.min(this.#free, fresh.length);
    this.#beginning += begin;
    try {
      await spool.take(fresh.map((load, index) => ({ load, started: index < begin })));
    } catch (error) {
      // The master sends a job once for each connection, so what the disk refuses now is kept for later.
      if (!this.#stopping) this.#options.clock.after(storeRetryMs, () => this.receive(loads));
      throw error;
    } finally {
      this.#beginning -= begin;
    }
    this.#options.onTaken(loads.flatMap(({ jid }) => (this.#parked.has(jid) ? [] : [jid])));
    this.#waiting.push(...fresh.slice(begin));
    await this.#startMarked(fresh.slice(0, begin));
    this.#next();
  }

  get #free(): number {
    return this.#options.jobsMax - this.#running.size - this.#beginning;
  }

  /** Fills the free places. */
  #next(): void {
    if (this.#free > 0 && this.#waiting.length > 0 && !this.#stopping) this.#marking ??= this.#begin();
    if (this.#parked.size === 0 || this.#waiting.length > waitingMax / 2) return;
    const parked = [...this.#parked.values()];
    this.#parked.clear();
    this.receive(parked);
  }

  /**
   * Begins as many jobs as there are free places. They are marked as started right before, and no others: after
   * a crash each marked job counts as interrupted, so a mark made ahead would take the job from its minion.
   */
  async #begin(): Promise<void> {
    // One turn later the places of what ends now are free as well, and one commit serves them all.
    await Promise.resolve();
    const loads = this.#waiting.splice(0, this.#free);
    const places = loads.length;
    this.#beginning += places;
    try {
      await this.#options.spool.markStarted(loads, true);
    } catch (error) {
      this.#tell('starting', error);
      await this.#pause();
      this.#waiting.unshift(...loads.splice(0));
    }
    this.#beginning -= places;
    await this.#guard('starting', () => this.#startMarked(loads));
    this.#marking = undefined;
    this.#next();
  }

  /** A minion that stops meanwhile leaves them for its next start. */
  async #startMarked(loads: readonly JobLoad[]): Promise<void> {
    if (!this.#stopping) for (const load of loads) this.#start(load);
    else if (loads.length > 0) await this.#options.spool.markStarted(loads, false);
  }

  /** After the disk refused something; ends early when the minion stops. */
  #pause(): Promise<void> {
    if (this.#stopping) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(storeRetryMs, resolve);
      this.#endPause = () => {
        cancel();
        resolve();
      };
    });
  }

  #start(load: JobLoad): void {
    const running: Running = { load, abort: new AbortController(), pid: 0 };
    this.#running.set(load.jid, running);
    const parts: CallParts = {
      ...this.#options.parts,
      running: this,
      signal: running.abort.signal,
      setProcess: (pid) => {
        running.pid = pid;
      },
    };
    void this.#untilKilled(running, execute(this.#options.functions, load, parts)).then((ret) => {
      this.#running.delete(load.jid);
      this.#finished.add(this.#fitting(ret, load));
      this.#next();
    });
  }

  /** A function that does not listen to its signal is left behind, not waited for. */
  #untilKilled(running: Running, work: Promise<JobReturn>): Promise<JobReturn> {
    return new Promise((resolve) => {
      let cancel = (): void => undefined;
      running.abort.signal.addEventListener('abort', () => {
        const text = this.#stopping ? 'The minion was stopped.' : 'The job was killed.';
        cancel = this.#options.clock.after(killGraceMs, () => resolve(returnOf(running.load, text, 1)));
      });
      void work.then((ret) => {
        cancel();
        resolve(ret);
      });
    });
  }

  #fitting(ret: JobReturn, load: JobLoad): JobReturn {
    const limit = this.#options.returnBytesMax - returnOverhead;
    if (typeof ret.return === 'boolean' || ret.return === null) return ret;
    try {
      const size = packValue(returnToValue(ret)).length;
      if (size <= limit) return ret;
      const small: JobLoad = { ...load, arg: [], kwarg: new Map() };
      return returnOf(small, `The return has ${size} bytes; at most ${limit} can be sent.`, ret.retcode || 1);
    } catch (error) {
      return returnOf(load, `The return cannot be sent: ${messageOf(error)}`, ret.retcode || 1);
    }
  }

  async #finish(returns: readonly JobReturn[]): Promise<void> {
    const { spool, clock } = this.#options;
    try {
      await spool.finish(returns);
    } catch (error) {
      if (!this.#stopping) clock.after(storeRetryMs, () => this.#finished.add(...returns));
      throw error;
    }
    this.#options.onReturned(returns);
  }

  async #guard(where: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#tell(where, error);
    }
  }

  #tell(where: string, error: unknown): void {
    this.#options.telemetry.emit({ kind: 'unexpected', where: `minion ${where}`, message: messageOf(error) });
  }
}
