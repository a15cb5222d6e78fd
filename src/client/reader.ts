import { type EventBus, type Subscription, unpackData } from '../bus/index.ts';
import { type EventHead, isBrineError, type ValueMap } from '../core/index.ts';
import type { Gap } from './types.ts';

/** An event whose data is decoded when somebody asks. */
export interface ReadEvent {
  readonly seq: number;
  readonly atMs: number;
  readonly tag: string;
  readonly head: EventHead | null;
  readonly data: () => ValueMap;
}

export interface ReaderOptions {
  readonly bus: EventBus;
  readonly name: string;
  readonly from: 'now' | number;
  readonly prefixes: readonly string[];
  readonly onGap?: (gap: Gap) => void;
}

/**
 * Reads a bus one event at a time. A script may take as long as it likes between two events: when the bus
 * cuts it off for that, it subscribes again where it was, because the log still has the events.
 */
export class BusReader {
  readonly #options: ReaderOptions;
  #subscription: Subscription;
  #iterator: AsyncIterator<ReadEvent[]>;
  #nextSeq: number | undefined;
  #buffer: ReadEvent[] = [];
  #pending: Promise<void> | undefined;
  #closed = false;

  constructor(options: ReaderOptions) {
    this.#options = options;
    [this.#subscription, this.#iterator] = this.#open(options.from);
  }

  get ready(): Promise<{ readonly nextSeq: number }> {
    return this.#subscription.ready;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** The next event when there is one already. */
  shift(): ReadEvent | undefined {
    return this.#buffer.shift();
  }

  /** Resolves when `shift` may have something, or when the reader is closed. */
  fill(): Promise<void> {
    if (this.#buffer.length > 0 || this.#closed) return Promise.resolve();
    this.#pending ??= this.#fill().finally(() => {
      this.#pending = undefined;
    });
    return this.#pending;
  }

  close(): void {
    this.#closed = true;
    this.#subscription.close();
  }

  async #fill(): Promise<void> {
    while (this.#buffer.length === 0 && !this.#closed) {
      try {
        const next = await this.#iterator.next();
        if (next.done === true) this.#closed = true;
        else this.#buffer = next.value;
      } catch (error) {
        if (!isBrineError(error, 'BUS_CUT_OFF') || this.#closed) throw error;
        [this.#subscription, this.#iterator] = this.#open(this.#nextSeq ?? this.#options.from);
      }
    }
  }

  #open(from: 'now' | number): [Subscription, AsyncIterator<ReadEvent[]>] {
    const { bus, name, prefixes } = this.#options;
    const subscription = bus.subscribe({ from, prefixes, name });
    // Whoever awaits `ready` sees a failure there; whoever reads sees it while reading.
    subscription.ready.then(
      (at) => {
        this.#nextSeq ??= from === 'now' ? at.nextSeq : from;
      },
      () => undefined,
    );
    return [subscription, this.#messages(subscription)];
  }

  async *#messages(subscription: Subscription): AsyncGenerator<ReadEvent[]> {
    for await (const message of subscription) {
      if (message.kind === 'gap') {
        this.#nextSeq = message.toSeq + 1;
        this.#options.onGap?.({ fromSeq: message.fromSeq, toSeq: message.toSeq, reason: message.reason });
        continue;
      }
      const { batch, seqs } = message;
      this.#nextSeq = message.nextSeq;
      yield batch.tags.map((tag, i) => ({
        seq: seqs?.[i] ?? batch.firstSeq + i,
        atMs: batch.atMs,
        tag,
        head: batch.heads?.[i] ?? null,
        data: () => unpackData(batch.bodies[i] ?? new Uint8Array()),
      }));
    }
  }
}
