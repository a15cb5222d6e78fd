import type { BusMessage, SubscribeOptions, Subscription } from '../../bus/index.ts';
import { BrineError } from '../../core/index.ts';
import type { LogHead, News } from './log-head.ts';
import type { Segment } from './recent-events.ts';

/**
 * A reader of the shared bus, as whoever waits for a job's returns is one. It holds a place only. When its place
 * is no longer among the recent events, it goes on with a subscription of its own.
 */
export class SharedSubscription implements Subscription, News {
  readonly ready: Promise<{ readonly logId: string; readonly nextSeq: number }>;
  readonly #bus: LogHead;
  readonly #options: SubscribeOptions;
  readonly #stopListening: () => void;
  #next: number | undefined;
  #own: Subscription | undefined;
  #wake: (() => void) | undefined;
  #closed = false;

  constructor(bus: LogHead, options: SubscribeOptions) {
    this.#bus = bus;
    this.#options = options;
    this.#next = options.from === 'now' ? undefined : options.from;
    this.#stopListening = bus.listen(this);
    this.ready = this.#start();
    this.ready.catch(() => undefined);
  }

  events(segment: Segment): void {
    const { prefixes } = this.#options;
    if (prefixes.length === 0 || segment.batch.tags.some((tag) => fits(tag, prefixes))) this.#wakeUp();
    // Nobody is woken for what the filter leaves out; the place moves on all the same.
    else if (this.#wake !== undefined && this.#next === segment.firstSeq) this.#next = segment.nextSeq;
  }

  replaced(nextSeq: number): void {
    this.#next = nextSeq;
    this.#wakeUp();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stopListening();
    this.#own?.close();
    this.#wakeUp();
  }

  [Symbol.asyncIterator](): AsyncIterator<BusMessage> {
    const messages = this.#messages();
    return {
      next: () => messages.next(),
      return: async () => {
        this.close();
        return { done: true, value: undefined };
      },
    };
  }

  async #start(): Promise<{ readonly logId: string; readonly nextSeq: number }> {
    await this.#bus.whenKnown();
    const { head = 0 } = this.#bus.recent;
    this.#next ??= head;
    if (this.#closed) throw new BrineError('BUS_CLOSED', 'The subscription is closed.');
    return { logId: '', nextSeq: head };
  }

  async *#messages(): AsyncGenerator<BusMessage, void, void> {
    await this.ready.catch(() => undefined);
    while (!this.#closed) {
      const next = this.#next ?? 0;
      const { recent } = this.#bus;
      const segment = recent.at(next);
      if (segment !== undefined) {
        this.#next = segment.nextSeq;
        const message = select(segment, next, this.#options.prefixes);
        if (message !== undefined) yield message;
      } else if (next < recent.oldest) {
        this.#own = this.#bus.origin.subscribe({ ...this.#options, from: next });
        yield* this.#own;
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }

  #wakeUp(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}

/** The events of a segment from a place on, with one of the prefixes. */
function select(segment: Segment, from: number, prefixes: readonly string[]): BusMessage | undefined {
  const { batch, nextSeq } = segment;
  const indexes: number[] = [];
  for (let i = Math.max(0, from - batch.firstSeq); i < batch.tags.length; i += 1)
    if (prefixes.length === 0 || fits(batch.tags[i] as string, prefixes)) indexes.push(i);
  const [first] = indexes;
  if (first === undefined) return undefined;
  const pick = <T>(list: readonly T[]): T[] => indexes.map((i) => list[i] as T);
  return {
    kind: 'events',
    batch: {
      firstSeq: batch.firstSeq + first,
      atMs: batch.atMs,
      tags: pick(batch.tags),
      bodies: pick(batch.bodies),
      heads: batch.heads === null ? null : pick(batch.heads),
    },
    seqs: indexes.map((i) => batch.firstSeq + i),
    nextSeq,
  };
}

function fits(tag: string, prefixes: readonly string[]): boolean {
  return prefixes.some((prefix) => tag.startsWith(prefix));
}
