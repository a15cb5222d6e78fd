import {
  type Clock,
  type ControlPlane,
  type Ids,
  messageOf,
  type OutboxEntry,
  type Outcome,
  type ReactorStore,
  type Telemetry,
} from '../core/index.ts';
import { Outage } from './outage.ts';
import { judge, type Results, type RetryPolicy, retryTrace } from './verdict.ts';
import { WaitingList } from './waiting-list.ts';

export interface DispatcherOptions extends RetryPolicy {
  readonly store: ReactorStore;
  readonly plane: ControlPlane;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly telemetry: Telemetry;
  /** Reactions that may be with the control plane at once. */
  readonly inFlightMax: number;
}

export interface DispatcherStatus {
  /** Reactions that wait for their turn, for their next attempt, or for an outcome. */
  readonly ready: number;
  readonly waiting: number;
  readonly inFlight: number;
  readonly settled: number;
  readonly retried: number;
  readonly dead: number;
  /** Why the control plane cannot be reached, or null when it can. */
  readonly outage: string | null;
  /** The job id of the oldest reaction without an outcome. */
  readonly oldestJid: string | null;
}

export interface Dispatcher {
  /** Takes up what the outbox holds and begins to send. */
  start(): void;
  /** Entries that are durably in the outbox; those that it holds already are left out. */
  offer(entries: readonly OutboxEntry[]): void;
  /** Sends nothing more; resolves when what was under way has an outcome and that is recorded. */
  stop(): Promise<void>;
  status(): DispatcherStatus;
  /** False while it holds as many reactions as it wants to. */
  hasRoom(): boolean;
  whenRoom(): Promise<void>;
}

const batchMax = 256;
/** Batches under way: while these are, the next ones fill, so that under load few large ones are sent. */
const batchesMax = 4;
/** More waiting for their turn makes nothing faster, it only fills the memory. */
const readyMax = 1024;
const recordPauseMs = 1000;

/**
 * Sends reactions from the outbox to the control plane and records what became of them.
 *
 * An entry is *ready* (in order of arrival), *in flight*, *waiting* (for its next attempt), or gone:
 * offer → ready → in flight → settled | dead | waiting → ready. A control plane that cannot be reached is no
 * fault of the reactions: they go back to the front of *ready*, no attempt is counted, and after a pause that
 * grows a single one goes ahead to see whether it is back.
 */
export function createDispatcher(options: DispatcherOptions): Dispatcher {
  return new OutboxDispatcher(options);
}

class OutboxDispatcher implements Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #outage: Outage;
  readonly #held = new Map<string, OutboxEntry>();
  readonly #waiting = new WaitingList();
  readonly #work = new Set<Promise<void>>();
  readonly #counts = { settled: 0, retried: 0, dead: 0 };
  #ready: OutboxEntry[] = [];
  #batches = 0;
  #inFlight = 0;
  #running = false;
  #cancelWake: () => void = () => undefined;
  #roomWaiters: (() => void)[] = [];
  #stopping: (() => void)[] = [];

  constructor(options: DispatcherOptions) {
    this.#options = options;
    const { clock, ids, retryBaseMs, retryMaxMs } = options;
    this.#outage = new Outage(clock, ids, { baseMs: retryBaseMs, maxMs: retryMaxMs });
  }

  start(): void {
    this.#running = true;
    this.offer([...this.#options.store.outbox()]);
    this.#pump();
  }

  offer(entries: readonly OutboxEntry[]): void {
    const nowMs = this.#options.clock.nowMs();
    for (const entry of entries) {
      if (this.#held.has(entry.reaction.id)) continue;
      this.#held.set(entry.reaction.id, entry);
      if (entry.notBeforeMs > nowMs) this.#wait(entry);
      else this.#ready.push(entry);
    }
    this.#pump();
  }

  async stop(): Promise<void> {
    this.#running = false;
    this.#cancelWake();
    for (const giveUp of this.#stopping.splice(0)) giveUp();
    await Promise.all(this.#work);
    this.#tellRoom();
  }

  status(): DispatcherStatus {
    let oldestJid: string | null = null;
    for (const { reaction } of this.#held.values())
      if (oldestJid === null || reaction.jid < oldestJid) oldestJid = reaction.jid;
    return {
      ready: this.#ready.length,
      waiting: this.#waiting.size,
      inFlight: this.#inFlight,
      ...this.#counts,
      outage: this.#outage.message,
      oldestJid,
    };
  }

  hasRoom(): boolean {
    return this.#held.size < this.#options.inFlightMax * 4 && this.#ready.length < readyMax;
  }

  whenRoom(): Promise<void> {
    if (this.hasRoom() || !this.#running) return Promise.resolve();
    return new Promise((resolve) => this.#roomWaiters.push(resolve));
  }

  /** Sends whatever may be sent now, and sets the alarm for what may be sent later. */
  #pump(): void {
    if (!this.#running) return;
    for (const entry of this.#waiting.takeDue(this.#options.clock.monotonicMs())) this.#ready.push(entry);
    while (this.#ready.length > 0 && this.#mayTake() > 0) this.#send(this.#ready.splice(0, this.#mayTake()));
    this.#setAlarm();
  }

  #mayTake(): number {
    if (this.#outage.message !== null) return this.#inFlight === 0 && this.#outage.pauseMs === 0 ? 1 : 0;
    if (this.#batches >= batchesMax) return 0;
    return Math.min(batchMax, this.#options.inFlightMax - this.#inFlight);
  }

  #setAlarm(): void {
    this.#cancelWake();
    const delays: number[] = [];
    const dueMs = this.#waiting.nextMs;
    if (dueMs !== undefined) delays.push(dueMs - this.#options.clock.monotonicMs());
    if (this.#ready.length > 0 && this.#outage.pauseMs > 0) delays.push(this.#outage.pauseMs);
    if (delays.length === 0) return;
    this.#cancelWake = this.#options.clock.after(Math.max(1, Math.min(...delays)), () => this.#pump());
  }

  #send(batch: OutboxEntry[]): void {
    this.#inFlight += batch.length;
    const work = this.#attempt(batch).finally(() => this.#work.delete(work));
    this.#work.add(work);
  }

  async #attempt(batch: OutboxEntry[]): Promise<void> {
    let outcomes: Outcome[];
    this.#batches += 1;
    try {
      outcomes = await this.#options.plane.submit(batch.map((entry) => entry.reaction));
    } catch (error) {
      this.#unreachable(batch, messageOf(error));
      return;
    } finally {
      this.#batches -= 1;
      this.#inFlight -= batch.length;
    }
    this.#outage.over();
    const { clock, ids } = this.#options;
    const results = judge(batch, outcomes, this.#options, { nowMs: clock.nowMs(), ids });
    // The place in flight is free now; recording does not keep the next batch waiting.
    this.#pump();
    this.#tellRoom();
    if (await this.#record(results)) this.#finish(batch, results);
  }

  #unreachable(batch: OutboxEntry[], message: string): void {
    // Job ids grow, so this is the order of arrival, in whatever order several batches failed.
    this.#ready = [...batch, ...this.#ready].sort(byJid);
    const { pauseMs, tell } = this.#outage.failed(message);
    const [first] = batch;
    if (tell && first !== undefined) {
      const more = batch.length > 1 ? ` (and ${batch.length - 1} more reactions)` : '';
      const cause = { reason: 'unreachable', message: message + more };
      this.#options.telemetry.emit(retryTrace(first, cause, this.#outage.failures, pauseMs));
    }
    // `#inFlight` still counts this batch; the pump must not.
    queueMicrotask(() => this.#pump());
  }

  /** Tries until the outcomes are stored, because a second attempt is dearer; false when stopped before. */
  async #record(results: Results): Promise<boolean> {
    const { settled, postponed, dead } = results;
    while (true) {
      try {
        await this.#options.store.commit({ settled, postponed, dead });
        return true;
      } catch {
        // The journal has reported why. Without a record the outbox still holds them for the next start.
        if (!this.#running || !(await this.#pause())) return false;
      }
    }
  }

  /** Resolves with true after a while, with false when the dispatcher stops. */
  #pause(): Promise<boolean> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(recordPauseMs, () => {
        this.#stopping = this.#stopping.filter((other) => other !== giveUp);
        resolve(true);
      });
      const giveUp = (): void => {
        cancel();
        resolve(false);
      };
      this.#stopping.push(giveUp);
    });
  }

  #finish(batch: readonly OutboxEntry[], results: Results): void {
    for (const { reaction } of batch) this.#held.delete(reaction.id);
    for (const entry of results.postponed) {
      this.#held.set(entry.reaction.id, entry);
      this.#wait(entry);
    }
    this.#counts.settled += results.settled.length;
    this.#counts.retried += results.postponed.length;
    this.#counts.dead += results.dead.length;
    for (const trace of results.traces) this.#options.telemetry.emit(trace);
    this.#tellRoom();
    this.#pump();
  }

  /** A clock that was set back must not make an attempt wait longer than any pause is. */
  #wait(entry: OutboxEntry): void {
    const { clock, retryMaxMs } = this.#options;
    const delayMs = Math.min(Math.max(0, entry.notBeforeMs - clock.nowMs()), retryMaxMs);
    this.#waiting.add(entry, clock.monotonicMs() + delayMs);
  }

  #tellRoom(): void {
    if (this.#running && !this.hasRoom()) return;
    for (const resolve of this.#roomWaiters.splice(0)) resolve();
  }
}

function byJid(a: OutboxEntry, b: OutboxEntry): number {
  return a.reaction.jid < b.reaction.jid ? -1 : 1;
}
