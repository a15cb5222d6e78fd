import {
  BrineError,
  type Clock,
  type ControlPlane,
  type Ids,
  isBrineError,
  messageOf,
  type OutboxEntry,
  type Outcome,
  type ReactorStore,
  type Telemetry,
} from '../core/index.ts';
import { Outage } from './outage.ts';
import { Places } from './places.ts';
import { ReadyList } from './ready-list.ts';
import { Recorder } from './recorder.ts';
import { type DispatcherStatus, oldestJidOf, type RuleQueue, ruleQueues } from './status.ts';
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
  /** Reactions of one rule that may wait for a place or for their next attempt; 10,000 unless given. */
  readonly backlogMax?: number;
  /** How many reactions of a rule may be under way at once; null without a limit. None has one unless given. */
  readonly limitOf?: (rule: string) => number | null;
  /** The rules that have a limit; asked once, at the start. */
  readonly limitedRules?: () => readonly string[];
  /** How long a job holds a place of its rule when nobody can be asked about it; 300,000 ms unless given. */
  readonly leaseMs?: number;
}

export interface Dispatcher {
  /** Takes up what the outbox holds and begins to send. */
  start(): void;
  /** Entries that are durably in the outbox; those that it holds already are left out. */
  offer(entries: readonly OutboxEntry[]): void;
  /** Why a rule may not have so many more reactions now, or null when it may; then they are expected. */
  refusal(rule: string, count: number): string | null;
  /** The tags of events that passed, among which ends of jobs may be. */
  saw(tags: readonly string[]): void;
  /** Resolves when the control plane has answered a request without reactions, sent in turn. */
  probe(): Promise<void>;
  /** Sends nothing more; resolves when what was under way has an outcome and that is recorded. */
  stop(): Promise<void>;
  status(): DispatcherStatus;
  /** The rules that have most waiting or under way. */
  rules(limit: number): RuleQueue[];
  /** False while it holds as many reactions as it wants to. */
  hasRoom(): boolean;
  whenRoom(): Promise<void>;
}

const batchMax = 256;
/** Batches under way: while these are, the next ones fill, so that under load few large ones are sent. */
const batchesMax = 4;
/** More waiting for their turn makes nothing faster, it only fills the memory. */
const readyMax = 1024;
const recoverPauseMs = 1000;

/**
 * Sends reactions from the outbox to the control plane and records what became of them.
 *
 * An entry is *ready* (in a lane for each rule, see ReadyList), *in flight*, *waiting* (for its next attempt), or
 * gone: offer → ready → in flight → settled | dead | waiting → ready. A control plane that cannot be reached is no
 * fault of the reactions: they go back to *ready*, no attempt is counted, and after a pause that grows a single one
 * goes ahead to see whether it is back.
 */
export function createDispatcher(options: DispatcherOptions): Dispatcher {
  return new OutboxDispatcher(options);
}

class OutboxDispatcher implements Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #outage: Outage;
  readonly #held = new Map<string, OutboxEntry>();
  readonly #places: Places;
  readonly #ready: ReadyList;
  readonly #waiting = new WaitingList();
  readonly #recorder: Recorder;
  readonly #work = new Set<Promise<void>>();
  readonly #counts = { settled: 0, retried: 0, dead: 0, refused: 0 };
  #inFlight = 0;
  #running = false;
  #cancelWake: () => void = () => undefined;
  #cancelRecover: () => void = () => undefined;
  #roomWaiters: (() => void)[] = [];
  #probes: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];

  constructor(options: DispatcherOptions) {
    this.#options = options;
    const { clock, ids, telemetry, retryBaseMs, retryMaxMs, leaseMs = 300_000 } = options;
    const { limitOf = () => null } = options;
    this.#outage = new Outage(clock, ids, { baseMs: retryBaseMs, maxMs: retryMaxMs });
    this.#recorder = new Recorder(options.store, clock);
    this.#places = new Places({ ...options, limitOf, leaseMs, onFree: () => this.#pumpSoon() });
    this.#ready = new ReadyList({
      clock,
      places: this.#places,
      backlogMax: options.backlogMax ?? 10_000,
      heldMax: options.inFlightMax * 4,
      onLate: (rules) => {
        if (rules.length > 0)
          telemetry.emit({ kind: 'rules.slow', rules: rules.slice(0, 10), count: rules.length });
        this.#pump();
      },
    });
  }

  start(): void {
    this.#running = true;
    this.#recover();
    this.offer([...this.#options.store.outbox()]);
    this.#pump();
  }

  offer(entries: readonly OutboxEntry[]): void {
    const nowMs = this.#options.clock.nowMs();
    for (const entry of entries) {
      this.#ready.arrived(entry);
      if (this.#held.has(entry.reaction.id)) continue;
      this.#held.set(entry.reaction.id, entry);
      if (entry.notBeforeMs > nowMs) this.#wait(entry);
      else this.#ready.push(entry);
    }
    this.#pump();
  }

  refusal(rule: string, count: number): string | null {
    // While nothing can be sent nobody is at fault; then reading waits instead.
    if (this.#outage.message !== null) return null;
    const refusal = this.#ready.refusal(rule, count);
    if (refusal !== null) this.#counts.refused += count;
    return refusal;
  }

  saw(tags: readonly string[]): void {
    this.#places.saw(tags);
  }

  probe(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (!this.#running) return reject(new BrineError('STOPPING', 'The dispatcher is stopping.'));
      this.#probes.push({ resolve, reject });
      this.#pump();
    });
  }

  async stop(): Promise<void> {
    this.#running = false;
    this.#cancelWake();
    this.#cancelRecover();
    this.#places.stop();
    this.#recorder.stop();
    for (const { reject } of this.#probes.splice(0))
      reject(new BrineError('STOPPING', 'The dispatcher is stopping.'));
    await Promise.all(this.#work);
    this.#tellRoom();
  }

  status(): DispatcherStatus {
    return {
      ready: this.#ready.size + this.#ready.pausedSize,
      waiting: this.#waiting.size,
      inFlight: this.#inFlight,
      held: this.#held.size,
      heldMax: this.#options.inFlightMax * 4,
      inFlightMax: this.#options.inFlightMax,
      ...this.#counts,
      slowRules: [...this.#ready.slow.rules],
      outage: this.#outage.message,
      oldestJid: oldestJidOf(this.#held.values()),
    };
  }

  rules(limit: number): RuleQueue[] {
    return ruleQueues(this.#held.values(), this.#ready, this.#places, this.#options.limitOf, limit);
  }

  hasRoom(): boolean {
    const { heldMax } = this.#ready;
    if (this.#outage.message !== null)
      return this.#held.size < heldMax && this.#ready.size + this.#ready.pausedSize < readyMax;
    // What waits because of its own rule has a bound of its own and keeps nobody else waiting.
    const moving = this.#held.size - this.#waiting.size - this.#ready.pausedSize;
    return moving < heldMax && this.#ready.size < readyMax;
  }

  whenRoom(): Promise<void> {
    if (this.hasRoom() || !this.#running) return Promise.resolve();
    return new Promise((resolve) => this.#roomWaiters.push(resolve));
  }

  /** Jobs of limited rules from before this process: until they are known, these rules wait. */
  #recover(): void {
    const rules = this.#options.limitedRules?.() ?? [];
    if (rules.length === 0 || this.#options.plane.openJobs === undefined) return;
    this.#ready.holdLimited = true;
    const attempt = (): void => {
      this.#places.recover(rules).then(
        () => {
          this.#ready.holdLimited = false;
          this.#pump();
        },
        () => {
          if (this.#running) this.#cancelRecover = this.#options.clock.after(recoverPauseMs, attempt);
        },
      );
    };
    attempt();
  }

  /** Sends whatever may be sent now, and sets the alarm for what may be sent later. */
  #pump(): void {
    if (!this.#running) return;
    for (const entry of this.#waiting.takeDue(this.#options.clock.monotonicMs())) {
      this.#ready.waited(entry.reaction.cause.rule);
      this.#ready.push(entry);
    }
    this.#ready.reopen();
    if (this.#probes.length > 0 && this.#mayTake() > 0) this.#sendProbes();
    while (this.#mayTake() > 0) {
      const batch = this.#ready.take(this.#mayTake());
      if (batch.length === 0) break;
      this.#send(batch);
    }
    this.#setAlarm();
    this.#tellRoom();
  }

  #pumpSoon(): void {
    queueMicrotask(() => this.#pump());
  }

  #mayTake(): number {
    const { slow } = this.#ready;
    if (this.#outage.message !== null) return this.#inFlight === 0 && this.#outage.pauseMs === 0 ? 1 : 0;
    if (slow.batches >= batchesMax) return 0;
    return Math.min(batchMax, this.#options.inFlightMax - (this.#inFlight - slow.lateEntries));
  }

  #setAlarm(): void {
    this.#cancelWake();
    const delays: number[] = [];
    const dueMs = this.#waiting.nextMs;
    if (dueMs !== undefined) delays.push(dueMs - this.#options.clock.monotonicMs());
    if ((this.#ready.size > 0 || this.#probes.length > 0) && this.#outage.pauseMs > 0)
      delays.push(this.#outage.pauseMs);
    if (delays.length === 0) return;
    this.#cancelWake = this.#options.clock.after(Math.max(1, Math.min(...delays)), () => this.#pump());
  }

  #send(batch: OutboxEntry[]): void {
    this.#inFlight += batch.length;
    for (const entry of batch) this.#places.take(entry);
    this.#track(this.#attempt(batch));
  }

  /** A request without reactions goes the way of all others, in the turn of a batch. */
  #sendProbes(): void {
    const probes = this.#probes.splice(0);
    const flight = this.#ready.slow.begin([], 0);
    this.#inFlight += 1;
    const work = this.#options.plane.submit([]).then(
      () => {
        flight.end(true);
        this.#inFlight -= 1;
        this.#outage.over();
        for (const { resolve } of probes) resolve();
      },
      (error: unknown) => {
        flight.end(false);
        this.#inFlight -= 1;
        const failure = error instanceof Error ? error : new Error(messageOf(error));
        if (!flight.wasOvertaken()) this.#outage.failed(failure.message);
        for (const { reject } of probes) reject(failure);
      },
    );
    this.#track(work.then(() => this.#pump()));
  }

  #track(work: Promise<void>): void {
    const tracked = work.finally(() => this.#work.delete(tracked));
    this.#work.add(tracked);
  }

  async #attempt(batch: OutboxEntry[]): Promise<void> {
    const flight = this.#ready.slow.begin(rulesOf(batch), batch.length, this.#ready.isAlone(batch));
    let outcomes: Outcome[] | null = null;
    let failure: unknown;
    try {
      outcomes = await this.#options.plane.submit(batch.map((entry) => entry.reaction));
    } catch (error) {
      failure = error;
    }
    // Others were answered meanwhile, so it is these reactions that get no answer, not the way to the control plane.
    const timedOut = outcomes === null && isBrineError(failure, 'TIMEOUT') && flight.wasOvertaken();
    flight.end(outcomes !== null);
    this.#ready.landed(batch);
    this.#inFlight -= batch.length;
    if (outcomes === null && !timedOut) return this.#unreachable(batch, messageOf(failure));
    if (!timedOut) this.#outage.over();
    await this.#conclude(batch, outcomes ?? batch.map(() => timeout(messageOf(failure))));
  }

  async #conclude(batch: OutboxEntry[], outcomes: Outcome[]): Promise<void> {
    batch.forEach((entry, i) => this.#places.answered(entry, outcomes[i] ?? null));
    const { clock, ids } = this.#options;
    const results = judge(batch, outcomes, this.#options, { nowMs: clock.nowMs(), ids });
    // The place in flight is free now; recording does not keep the next batch waiting.
    this.#pump();
    if (await this.#recorder.record(results)) this.#finish(batch, results);
  }

  #unreachable(batch: OutboxEntry[], message: string): void {
    for (const entry of batch) this.#places.answered(entry, null);
    this.#ready.putBack(batch);
    const { pauseMs, tell } = this.#outage.failed(message);
    const [first] = batch;
    if (tell && first !== undefined) {
      const more = batch.length > 1 ? ` (and ${batch.length - 1} more reactions)` : '';
      const cause = { reason: 'unreachable', message: message + more };
      this.#options.telemetry.emit(retryTrace(first, cause, this.#outage.failures, pauseMs));
    }
    this.#pumpSoon();
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
    this.#pump();
  }

  /** A clock that was set back must not make an attempt wait longer than any pause is. */
  #wait(entry: OutboxEntry): void {
    const { clock, retryMaxMs } = this.#options;
    const delayMs = Math.min(Math.max(0, entry.notBeforeMs - clock.nowMs()), retryMaxMs);
    this.#ready.waits(entry.reaction.cause.rule);
    this.#waiting.add(entry, clock.monotonicMs() + delayMs);
  }

  #tellRoom(): void {
    if (this.#roomWaiters.length === 0 || (this.#running && !this.hasRoom())) return;
    for (const resolve of this.#roomWaiters.splice(0)) resolve();
  }
}

function rulesOf(batch: readonly OutboxEntry[]): string[] {
  return [...new Set(batch.map(({ reaction }) => reaction.cause.rule))];
}

function timeout(message: string): Outcome {
  return { ok: false, retryable: true, reason: 'timeout', message };
}
