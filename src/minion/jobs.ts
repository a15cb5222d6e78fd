import { packValue } from '../bus/index.ts';
import {
  type Clock,
  FairQueue,
  type JobLoad,
  type JobReturn,
  jobLane,
  jobToValue,
  mayTakeShare,
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

/**
 * Takes jobs, runs a few at once, and puts their returns into the spool. No jid runs twice. Places, and room to
 * wait for one, are shared between rules: jobs of one rule that hang never take all of them.
 */
export class JobRunner implements RunningJobs {
  readonly #options: JobRunnerOptions;
  readonly #running = new Map<string, Running>();
  readonly #arrived: Batcher<JobLoad>;
  readonly #finished: Batcher<JobReturn>;
  readonly #waiting = new FairQueue<JobLoad>();
  /** Lane → its jobs that run or begin. */
  readonly #shares = new Map<string, number>();
  /** By lane and jid; arrived while too many waited: the master has not heard that they did. */
  readonly #parked = new Map<string, Map<string, JobLoad>>();
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
    for (const { load, started } of jobs) if (!started) this.#wait(load);
    await this.#finished.idle();
    this.#next();
  }

  get runningCount(): number {
    return this.#running.size;
  }

  /** What waits, and where it is full. */
  get room(): { waiting: number; waitingMax: number; parked: number; jobsMax: number } {
    let parked = 0;
    for (const loads of this.#parked.values()) parked += loads.size;
    return { waiting: this.#waiting.size, waitingMax, parked, jobsMax: this.#options.jobsMax };
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
    const fresh = this.#admitted(unknown);
    // Jobs that arrive in a quiet moment are taken and begun with one commit.
    const begin =
      this.#waiting.size > 0 || this.#stopping
        ? []
        : fresh.filter((load) => this.#reserve(jobLane(load), 1) === 1);
    const began = new Set(begin);
    try {
      await spool.take(fresh.map((load) => ({ load, started: began.has(load) })));
    } catch (error) {
      for (const load of begin) this.#leave(load);
      // The master sends a job once for each connection, so what the disk refuses now is kept for later.
      if (!this.#stopping) this.#options.clock.after(storeRetryMs, () => this.receive(loads));
      throw error;
    } finally {
      this.#beginning -= begin.length;
    }
    this.#options.onTaken(loads.flatMap((load) => (this.#isParked(load) ? [] : [load.jid])));
    for (const load of fresh) if (!began.has(load)) this.#wait(load);
    await this.#startMarked(begin);
    this.#next();
  }

  /** What there is room for; the rest is parked. One rule may not take all the room. */
  #admitted(loads: readonly JobLoad[]): JobLoad[] {
    let room = waitingMax - this.#waiting.size;
    const added = new Map<string, number>();
    return loads.filter((load) => {
      const lane = jobLane(load);
      const more = added.get(lane) ?? 0;
      const fits = mayTakeShare(this.#waiting.sizeOf(lane) + more, room);
      if (!fits) this.#park(lane, load);
      else {
        room -= 1;
        added.set(lane, more + 1);
      }
      return fits;
    });
  }

  #park(lane: string, load: JobLoad): void {
    const parked = this.#parked.get(lane) ?? new Map<string, JobLoad>();
    this.#parked.set(lane, parked.set(load.jid, load));
  }

  #isParked(load: JobLoad): boolean {
    return this.#parked.get(jobLane(load))?.has(load.jid) === true;
  }

  #wait(load: JobLoad): void {
    this.#waiting.push(jobLane(load), load);
  }

  /** Takes places for jobs that are about to begin; the result is how many of the wanted ones their lane may have. */
  #reserve(lane: string, wanted: number): number {
    let held = this.#shares.get(lane) ?? 0;
    let count = 0;
    for (; count < wanted && mayTakeShare(held, this.#free); count += 1) {
      held += 1;
      this.#beginning += 1;
    }
    if (count > 0) this.#shares.set(lane, held);
    return count;
  }

  /** A job does not need its place any more. */
  #leave(load: JobLoad): void {
    const lane = jobLane(load);
    const left = (this.#shares.get(lane) ?? 0) - 1;
    if (left > 0) this.#shares.set(lane, left);
    else this.#shares.delete(lane);
  }

  get #free(): number {
    return this.#options.jobsMax - this.#running.size - this.#beginning;
  }

  /** Fills the free places. */
  #next(): void {
    if (this.#free > 0 && this.#waiting.size > 0 && !this.#stopping) this.#marking ??= this.#begin();
    for (const [lane, parked] of this.#parked) {
      // Twice as much as waits must fit, or each end of a job would only let one more in.
      if (!mayTakeShare(this.#waiting.sizeOf(lane) * 2, waitingMax - this.#waiting.size)) continue;
      this.#parked.delete(lane);
      this.receive([...parked.values()]);
    }
  }

  /**
   * Begins as many jobs as there are free places. They are marked as started right before, and no others: after
   * a crash each marked job counts as interrupted, so a mark made ahead would take the job from its minion.
   */
  async #begin(): Promise<void> {
    // One turn later the places of what ends now are free as well, and one commit serves them all.
    await Promise.resolve();
    const loads = this.#waiting.take(this.#free, (lane, wanted) => this.#reserve(lane, wanted));
    const places = loads.length;
    if (places > 0) {
      try {
        await this.#options.spool.markStarted(loads, true);
      } catch (error) {
        this.#tell('starting', error);
        await this.#pause();
        for (const load of loads) this.#leave(load);
        this.#waitFirst(loads.splice(0));
      }
      this.#beginning -= places;
      await this.#guard('starting', () => this.#startMarked(loads));
    }
    this.#marking = undefined;
    if (places > 0) this.#next();
  }

  /** Back to where they were taken from. */
  #waitFirst(loads: readonly JobLoad[]): void {
    for (const lane of new Set(loads.map(jobLane))) {
      const later = this.#waiting.takeOf(lane, Number.POSITIVE_INFINITY);
      for (const load of loads) if (jobLane(load) === lane) this.#wait(load);
      for (const load of later) this.#wait(load);
    }
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
      this.#leave(load);
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
