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

/** Jobs that may wait for their turn; more are returned as failed at once. */
const waitingMax = 50_000;
/** Waiting jobs that are marked as started with one commit, when their turn is near. */
const startAhead = 128;
/** What a killed function has to come to its end by itself. */
const killGraceMs = 1000;
/** Pause before returns are stored again, after the disk refused them. */
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
  /** Marked as started, without a free place yet. */
  #ready: JobLoad[] = [];
  #marking = false;
  #stopping = false;

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
    await this.#arrived.idle();
    const unbegun = this.#ready;
    this.#ready = [];
    if (unbegun.length > 0) await this.#options.spool.markStarted(unbegun, false);
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
    const fresh = loads.filter((load) => {
      if (load.jid === '' || spool.knows(load.jid) || seen.has(load.jid)) return false;
      seen.add(load.jid);
      return true;
    });
    const free = this.#options.jobsMax - this.#running.size - this.#ready.length - this.#waiting.length;
    const room = waitingMax - this.#waiting.length;
    await spool.take(fresh.map((load, index) => ({ load, started: index < free || index >= room })));
    this.#options.onTaken(loads.map((load) => load.jid));
    this.#ready.push(...fresh.slice(0, Math.max(0, free)));
    this.#waiting.push(...fresh.slice(Math.max(0, free), room));
    for (const load of fresh.slice(room))
      this.#finished.add(returnOf(load, `This minion has ${waitingMax} jobs waiting already.`, 1));
    this.#next();
  }

  /** Fills the free places. */
  #next(): void {
    while (this.#running.size < this.#options.jobsMax && !this.#stopping) {
      const load = this.#ready.shift();
      if (load === undefined) break;
      this.#start(load);
    }
    if (this.#ready.length < startAhead / 2 && this.#waiting.length > 0 && !this.#marking && !this.#stopping)
      void this.#markNext();
  }

  async #markNext(): Promise<void> {
    this.#marking = true;
    const loads = this.#waiting.splice(0, startAhead);
    await this.#guard('starting', async () => {
      await this.#options.spool.markStarted(loads, true);
      this.#ready.push(...loads);
    });
    this.#marking = false;
    this.#next();
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
      this.#options.telemetry.emit({
        kind: 'unexpected',
        where: `minion ${where}`,
        message: messageOf(error),
      });
    }
  }
}
