import type { BusMessage } from '../bus/index.ts';
import {
  type Clock,
  mapOf,
  type ReactorStore,
  type Telemetry,
  type Value,
  type ValueMap,
} from '../core/index.ts';

/** Rates are over about this many milliseconds. */
const windowMs = 10_000;

interface Sample {
  readonly atMs: number;
  readonly events: number;
  readonly reactions: number;
}

interface Gaps {
  count: number;
  last: string | null;
}

/** How far the reactor has come, for its status. */
export class Progress {
  readonly #clock: Clock;
  readonly #telemetry: Telemetry;
  readonly #gaps: Gaps;
  #logId = '';
  #nextSeq = 0;
  #storedSeq = 0;
  #logNextSeq = 0;
  #connected = false;
  #readAtMs: number;
  #lostReason: string | null = null;
  #events = 0;
  #decisions = 0;
  #reactions = 0;
  #samples: Sample[];
  #onConnected: (() => void)[] = [];
  #onStored: (nextSeq: number) => void = () => undefined;

  constructor(clock: Clock, telemetry: Telemetry, store: ReactorStore) {
    this.#clock = clock;
    this.#telemetry = telemetry;
    this.#readAtMs = clock.nowMs();
    this.#samples = [{ atMs: clock.monotonicMs(), events: 0, reactions: 0 }];
    const saved = store.state('gaps');
    this.#gaps =
      saved === undefined ? { count: 0, last: null } : (JSON.parse(new TextDecoder().decode(saved)) as Gaps);
  }

  /** The next number to read of a log, when this process has read it. */
  position(logId: string): number | undefined {
    return this.#logId === logId ? this.#nextSeq : undefined;
  }

  connected(logId: string, nextSeq: number, logNextSeq: number): void {
    this.#logId = logId;
    this.#nextSeq = nextSeq;
    this.#storedSeq = nextSeq;
    this.#logNextSeq = logNextSeq;
    this.#connected = true;
    this.#lostReason = null;
    this.#telemetry.emit({ kind: 'master.connected', master: 'this host' });
    for (const listener of this.#onConnected.splice(0)) listener();
  }

  /** Calls once, when the bus is followed. */
  whenConnected(listener: () => void): void {
    if (this.#connected) listener();
    else this.#onConnected.push(listener);
  }

  /** Calls whenever the journal holds everything up to a place in the log. */
  whenStored(listener: (nextSeq: number) => void): void {
    this.#onStored = listener;
  }

  /** Why the bus is not followed; null while it is. */
  get lostReason(): string | null {
    return this.#connected ? null : (this.#lostReason ?? 'it was not reached yet');
  }

  lost(reason: string): void {
    const isNew = this.#connected || this.#lostReason !== reason;
    this.#connected = false;
    this.#lostReason = reason;
    if (isNew) this.#telemetry.emit({ kind: 'master.lost', master: 'this host', reason });
  }

  /** The connection is there again, and the subscription goes on by itself. */
  back(): void {
    if (this.#connected || this.#logId === '') return;
    this.#connected = true;
    this.#lostReason = null;
    this.#telemetry.emit({ kind: 'master.connected', master: 'this host' });
  }

  read(logId: string, nextSeq: number, events: number): void {
    this.#logId = logId;
    this.#nextSeq = nextSeq;
    this.#logNextSeq = Math.max(this.#logNextSeq, nextSeq);
    this.#events += events;
  }

  committed(nextSeq: number, decisions: number, reactions: number): void {
    this.#storedSeq = nextSeq;
    this.#decisions += decisions;
    this.#reactions += reactions;
    this.#onStored(nextSeq);
    const atMs = this.#clock.monotonicMs();
    const last = this.#samples.at(-1);
    if (last !== undefined && atMs - last.atMs < windowMs / 20) return;
    this.#samples.push({ atMs, events: this.#events, reactions: this.#reactions });
    while (atMs - (this.#samples[0]?.atMs ?? atMs) > windowMs) this.#samples.shift();
  }

  /** Counts a gap; the result is what the store keeps. */
  gap({ fromSeq, toSeq, reason }: Extract<BusMessage, { kind: 'gap' }>): Uint8Array {
    this.#gaps.count += 1;
    this.#gaps.last = `${fromSeq}-${toSeq}: ${reason}`;
    return new TextEncoder().encode(JSON.stringify(this.#gaps));
  }

  /** What the log said last about its end. */
  sawEnd(logId: string, nextSeq: number): void {
    if (logId === this.#logId) this.#logNextSeq = Math.max(this.#logNextSeq, nextSeq);
  }

  /** Events that are not read, and how old the next one to read is about, in seconds. */
  behind(): { lag: number; behindS: number | undefined } {
    const lag = Math.max(0, this.#logNextSeq - this.#nextSeq);
    const behindS = lag === 0 ? undefined : Math.max(0, (this.#clock.nowMs() - this.#readAtMs) / 1000);
    return { lag, behindS };
  }

  /** When the events that were read last were published, in milliseconds since 1970. */
  readUpTo(atMs: number): void {
    this.#readAtMs = atMs;
  }

  toValue(): ValueMap {
    const { eventsPerSecond, reactionsPerSecond } = this.#rates();
    return mapOf({
      connected: this.#connected,
      connection_problem: this.#lostReason ?? undefined,
      log: this.#logId,
      cursor: this.#storedSeq,
      lag: Math.max(0, this.#logNextSeq - this.#nextSeq),
      events: this.#events,
      decisions: this.#decisions,
      reactions: this.#reactions,
      events_per_second: eventsPerSecond,
      reactions_per_second: reactionsPerSecond,
      gaps: this.#gaps.count,
      last_gap: this.#gaps.last ?? undefined,
    } satisfies Record<string, Value | undefined>);
  }

  #rates(): { eventsPerSecond: number; reactionsPerSecond: number } {
    const nowMs = this.#clock.monotonicMs();
    const first = this.#samples.find((sample) => nowMs - sample.atMs <= windowMs) ?? this.#samples.at(-1);
    const seconds = first === undefined ? 0 : (nowMs - first.atMs) / 1000;
    if (first === undefined || seconds <= 0) return { eventsPerSecond: 0, reactionsPerSecond: 0 };
    return {
      eventsPerSecond: Math.round((this.#events - first.events) / seconds),
      reactionsPerSecond: Math.round((this.#reactions - first.reactions) / seconds),
    };
  }
}
