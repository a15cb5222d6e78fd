import type { BusMessage, EventBus, Subscription } from '../bus/index.ts';
import {
  type Clock,
  canaryPrefix,
  isCanary,
  mapOf,
  messageOf,
  type ReactorStore,
  type Telemetry,
} from '../core/index.ts';
import type { Dispatcher } from '../dispatch/index.ts';
import { decideCanary } from './canary-rule.ts';
import type { Progress } from './progress.ts';
import { withoutTags } from './without-tags.ts';

/** How far a canary came: what it does next, and may be stuck at. */
export type CanaryStage = 'publish' | 'read' | 'decide' | 'journal' | 'dispatch' | 'outcome';

export interface CanaryOptions {
  readonly bus: EventBus;
  readonly dispatcher: Pick<Dispatcher, 'probe'>;
  /** Told how far the log was read. */
  readonly progress: Pick<Progress, 'readUpTo'>;
  readonly store: Pick<ReactorStore, 'commit'>;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly intervalMs: number;
  /** Sets canaries of this process apart from those of others. */
  readonly id: string;
}

export interface CanaryState {
  /** Milliseconds since one came through; null when none did yet. */
  readonly ageMs: number | null;
  /** How long the last one took, in milliseconds. */
  readonly tookMs: number | null;
  /** Where the oldest one under way is, and for how long it has been under way. */
  readonly stuck: { readonly stage: CanaryStage; readonly forMs: number } | null;
  /** Why the last one did not come through; null when it did. */
  readonly problem: string | null;
}

interface Flight {
  readonly number: number;
  readonly startedMs: number;
  stage: CanaryStage;
  seq: number;
}

/** More are not under way at once; the ones that are stuck tell enough. */
const underWayMax = 6;
/** One that has not come through for so long is given up. */
const patienceMs = 15_000;

/**
 * Sends an event through everything that an event goes through: published, read from the log, decided by a rule of
 * its own, its place in the journal, a request to the control plane in the dispatcher's turn, and its outcome in the
 * journal: publish → read → decide → journal → dispatch → outcome. Rules of operators do not see it.
 */
export class Canary {
  readonly #options: CanaryOptions;
  readonly #flights = new Map<number, Flight>();
  readonly #startedMs: number;
  #number = 0;
  #passed: { atMs: number; tookMs: number } | null = null;
  #problem: string | null = null;
  #cancel: () => void = () => undefined;
  #stopped = false;

  constructor(options: CanaryOptions) {
    this.#options = options;
    this.#startedMs = options.clock.monotonicMs();
  }

  start(): void {
    if (this.#options.intervalMs > 0) this.#send();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  state(): CanaryState {
    const nowMs = this.#options.clock.monotonicMs();
    const [oldest] = this.#flights.values();
    return {
      ageMs: this.#passed === null ? null : nowMs - this.#passed.atMs,
      tookMs: this.#passed?.tookMs ?? null,
      stuck: oldest === undefined ? null : { stage: oldest.stage, forMs: nowMs - oldest.startedMs },
      problem: this.#problem,
    };
  }

  /** Milliseconds since one came through, or since the start. */
  get silentMs(): number {
    return this.#options.clock.monotonicMs() - (this.#passed?.atMs ?? this.#startedMs);
  }

  /** The bus as the reactor follows it: canaries are taken out where they pass. */
  watched(): EventBus {
    const { bus } = this.#options;
    return {
      publish: (events) => bus.publish(events),
      publishEncoded: (events) => bus.publishEncoded(events),
      info: () => bus.info(),
      close: () => bus.close(),
      subscribe: (options) => {
        const prefixes = options.prefixes.length === 0 ? [''] : [...options.prefixes, canaryPrefix];
        return this.#watch(bus.subscribe({ ...options, prefixes }));
      },
    };
  }

  /** The journal holds everything up to this place. */
  stored(nextSeq: number): void {
    for (const flight of this.#flights.values())
      if (flight.stage === 'journal' && flight.seq < nextSeq) void this.#dispatch(flight);
  }

  #watch(subscription: Subscription): Subscription {
    const look = (message: BusMessage): BusMessage => this.#look(message);
    return {
      ready: subscription.ready,
      close: () => subscription.close(),
      async *[Symbol.asyncIterator]() {
        for await (const message of subscription) yield look(message);
      },
    };
  }

  #look(message: BusMessage): BusMessage {
    if (message.kind === 'gap') return message;
    this.#options.progress.readUpTo(message.batch.atMs);
    if (!message.batch.tags.some(isCanary)) return message;
    const { batch, seqs } = message;
    batch.tags.forEach((tag, index) => {
      if (!isCanary(tag)) return;
      const flight = this.#flightOf(tag);
      if (flight === undefined) return;
      const seq = seqs?.[index] ?? batch.firstSeq + index;
      flight.stage = 'decide';
      flight.seq = seq;
      const fault = decideCanary(batch, index, flight.number, this.#options.clock.nowMs());
      if (fault === null) flight.stage = 'journal';
      else this.#failed(flight, fault);
    });
    return withoutTags(message, isCanary);
  }

  /** Only this process's own; those of another, and of before, just pass. */
  #flightOf(tag: string): Flight | undefined {
    const [id, number] = tag.slice(canaryPrefix.length).split('/');
    return id === this.#options.id ? this.#flights.get(Number(number)) : undefined;
  }

  #send(): void {
    if (this.#stopped) return;
    const { clock, intervalMs } = this.#options;
    this.#cancel = clock.after(intervalMs, () => this.#send());
    const nowMs = clock.monotonicMs();
    for (const flight of this.#flights.values())
      if (nowMs - flight.startedMs > patienceMs) this.#flights.delete(flight.number);
    if (this.#flights.size >= underWayMax) return;
    this.#number += 1;
    const flight: Flight = { number: this.#number, startedMs: nowMs, stage: 'publish', seq: 0 };
    this.#flights.set(flight.number, flight);
    void this.#publish(flight);
  }

  async #publish(flight: Flight): Promise<void> {
    const { bus, id } = this.#options;
    const tag = `${canaryPrefix}${id}/${flight.number}`;
    try {
      const ack = await bus.publish([{ tag, data: mapOf({ n: flight.number }) }]);
      const [refused] = ack.refused;
      if (refused !== undefined) throw new Error(refused.message);
      // It may have been read before the answer came.
      if (flight.stage === 'publish') flight.stage = 'read';
    } catch (error) {
      if (flight.stage === 'publish') this.#failed(flight, messageOf(error));
    }
  }

  async #dispatch(flight: Flight): Promise<void> {
    const { dispatcher, store } = this.#options;
    flight.stage = 'dispatch';
    try {
      await dispatcher.probe();
      flight.stage = 'outcome';
      const state = new Map([['canary', new TextEncoder().encode(String(flight.number))]]);
      await store.commit({ state });
    } catch (error) {
      return this.#failed(flight, messageOf(error));
    }
    this.#pass(flight);
  }

  #pass(flight: Flight): void {
    const { clock, telemetry } = this.#options;
    if (!this.#flights.has(flight.number)) return;
    const atMs = clock.monotonicMs();
    const tookMs = atMs - flight.startedMs;
    this.#passed = { atMs, tookMs };
    this.#problem = null;
    // Whatever began earlier is of no interest any more.
    for (const number of this.#flights.keys()) if (number <= flight.number) this.#flights.delete(number);
    telemetry.emit({ kind: 'canary.passed', tookMs });
  }

  #failed(flight: Flight, why: string): void {
    if (!this.#flights.delete(flight.number) || this.#stopped) return;
    this.#problem = `at ${flight.stage}: ${why}`;
  }
}
