import type { Clock, Telemetry } from '../../core/index.ts';
import type { Caller } from '../users/caller.ts';
import { narrowed, type TagScope } from '../users/tag-scope.ts';
import { EventStream } from './event-stream.ts';
import type { Frame } from './frames.ts';
import type { LogHead, News } from './log-head.ts';
import type { Sink } from './sink.ts';
import { Slots } from './slots.ts';

export interface StreamsOptions {
  readonly head: LogHead;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly heartbeatMs: number;
  readonly stallMs: number;
}

export interface OpenStream {
  readonly caller: Caller;
  /** What the client wishes to see. */
  readonly wish: TagScope;
  readonly from: number;
  readonly frame: Frame;
  /** Names the frame, so that streams with the same one share what is written. */
  readonly form: string;
  readonly sink: Sink;
}

const sweepMs = 1000;
/** Readings of old events at once: each is a subscription at the master. */
const slotsMax = 24;
/** Events that come closely together are written together. */
const gatherMs = 5;
/** With many streams a round takes long; then rounds are made rarer, so that other work has its turn. */
const restShare = 2;

/** All open streams of events: feeds them, keeps them alive, and ends those that must end. */
export class Streams implements News {
  readonly #options: StreamsOptions;
  readonly #slots = new Slots(slotsMax);
  readonly #streams = new Set<EventStream>();
  readonly #stopListening: () => void;
  #cancelRound: (() => void) | undefined;
  #cancelSweep: (() => void) | undefined;
  #lastRoundMs = 0;
  #closed = false;

  constructor(options: StreamsOptions) {
    this.#options = options;
    this.#stopListening = options.head.listen(this);
  }

  get count(): number {
    return this.#streams.size;
  }

  open({ caller, wish, from, frame, form, sink }: OpenStream): EventStream {
    const { head, clock } = this.#options;
    const scope = narrowed(caller.read, wish);
    const stream = new EventStream({
      head,
      clock,
      caller,
      scope,
      from,
      frame,
      key: JSON.stringify([form, caller.read.globs, wish.globs]),
      sink,
      slots: this.#slots,
      onEnd: () => void this.#streams.delete(stream),
    });
    this.#streams.add(stream);
    this.#cancelSweep ??= this.#sweepLater();
    stream.pump();
    return stream;
  }

  events(): void {
    if (this.#streams.size === 0 || this.#cancelRound !== undefined) return;
    const pauseMs = Math.max(gatherMs, this.#lastRoundMs * restShare);
    this.#cancelRound = this.#options.clock.after(pauseMs, () => this.#round());
  }

  replaced(nextSeq: number): void {
    for (const stream of this.#streams) stream.replaced(nextSeq);
  }

  close(reason: string): void {
    this.#closed = true;
    this.#stopListening();
    this.#cancelRound?.();
    this.#cancelSweep?.();
    for (const stream of this.#streams) stream.stop(reason);
  }

  #round(): void {
    this.#cancelRound = undefined;
    const { clock } = this.#options;
    const beganMs = clock.monotonicMs();
    for (const stream of this.#streams) stream.pump();
    this.#lastRoundMs = clock.monotonicMs() - beganMs;
  }

  #sweepLater(): () => void {
    return this.#options.clock.after(sweepMs, () => this.#sweep());
  }

  #sweep(): void {
    const { stallMs, heartbeatMs, telemetry } = this.#options;
    for (const stream of this.#streams) {
      if (!stream.caller.holds()) stream.stop('The token is no longer valid.');
      else if (stream.stalledMs() > stallMs) {
        const reason = `It took nothing for ${Math.round(stallMs / 1000)} s while events waited.`;
        telemetry.emit({ kind: 'api.reader.cut', reader: stream.caller.asker.source, reason });
        stream.stop(`Cut off: ${reason} Resume with Last-Event-ID.`);
      } else stream.beat(heartbeatMs);
    }
    this.#cancelSweep = this.#closed || this.#streams.size === 0 ? undefined : this.#sweepLater();
  }
}
