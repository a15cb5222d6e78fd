import type { EventBus } from '../bus/index.ts';
import {
  BrineError,
  type Clock,
  checkTag,
  fromPlain,
  isBrineError,
  messageOf,
  toPlain,
  type ValueMap,
} from '../core/index.ts';
import { type MatchType, tagTest } from './match-type.ts';
import { PendingEvents } from './pending.ts';
import { BusReader, type ReadEvent } from './reader.ts';
import type { Gap, PlainData, TaggedEvent } from './types.ts';

/** Events that may wait for a later `getEvent` before the oldest is given up. */
const pendingMax = 10_000;

export interface GetEventOptions {
  /** Seconds to wait; 0 waits for ever. Default 5. */
  readonly wait?: number;
  /** Text to search in tags; '' takes every event. */
  readonly tag?: string;
  /** Return `{tag, data}` instead of the data alone. */
  readonly full?: boolean;
  /** Default: `startswith`. */
  readonly matchType?: MatchType;
}

export interface SessionOptions {
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly name?: string;
  /** false: only fire, never read. */
  readonly listen?: boolean;
  /** Called when events were lost for this reader: trimmed before it read them. */
  readonly onGap?: (gap: Gap) => void;
  /** Closed together with the session. */
  readonly onClose?: () => Promise<void>;
}

interface Waiter {
  readonly test: (tag: string) => boolean;
  readonly settle: (event: TaggedEvent | null) => void;
  readonly fail: (error: unknown) => void;
}

/**
 * One script's end of a bus. Events wait in the bus's log until the script asks; asking passes over the
 * events that do not match, except those of a tag it subscribed to, which are kept for a later call.
 */
export class EventSession implements AsyncDisposable {
  readonly #options: SessionOptions;
  readonly #reader: BusReader | undefined;
  readonly #pending = new PendingEvents(pendingMax);
  readonly #waiters = new Set<Waiter>();
  #pumping = false;
  #closed = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    if (options.listen === false) return;
    const { bus, onGap } = options;
    const name = options.name ?? 'script';
    this.#reader = new BusReader({
      bus,
      name,
      from: 'now',
      prefixes: [],
      ...(onGap === undefined ? {} : { onGap }),
    });
  }

  /** Resolves when every event from now on will be seen. */
  async ready(): Promise<void> {
    await this.#reader?.ready;
  }

  /** The next event that matches, or null after `wait` seconds. */
  getEvent(options: GetEventOptions & { readonly full: true }): Promise<TaggedEvent | null>;
  getEvent(options?: GetEventOptions & { readonly full?: false }): Promise<PlainData | null>;
  getEvent(options?: GetEventOptions): Promise<TaggedEvent | PlainData | null>;
  async getEvent(options: GetEventOptions = {}): Promise<TaggedEvent | PlainData | null> {
    if (this.#reader === undefined)
      throw new BrineError('BAD_ARGUMENT', 'This session was opened with listen: false; it cannot read.');
    const test = tagTest(options.tag ?? '', options.matchType ?? 'startswith');
    const event = this.#pending.take(test) ?? (await this.#wait(test, options.wait ?? 5));
    return event === null || options.full === true ? event : event.data;
  }

  /** Every event that matches, for ever; ends when the session is closed. One loop per session. */
  iterEvents(options: Omit<GetEventOptions, 'wait'> & { readonly full: true }): AsyncGenerator<TaggedEvent>;
  iterEvents(options?: Omit<GetEventOptions, 'wait'> & { readonly full?: false }): AsyncGenerator<PlainData>;
  async *iterEvents(
    options: Omit<GetEventOptions, 'wait'> = {},
  ): AsyncGenerator<TaggedEvent | PlainData, void, void> {
    while (!this.#closed) {
      const event = await this.getEvent({ ...options, wait: 0 });
      if (event === null) return;
      yield event;
    }
  }

  /**
   * Fires an event and resolves with true once the bus has it durably, with false when the bus is out of
   * reach. Throws BAD_EVENT for an impossible tag or data that is not a map, and whatever else the bus refuses.
   */
  async fireEvent(data: object, tag: string): Promise<boolean> {
    checkTag(tag);
    const map = dataMap(data);
    try {
      const ack = await this.#options.bus.publish([{ tag, data: map }]);
      const refused = ack.refused[0];
      if (refused === undefined) return true;
      throw new BrineError(refused.code as BrineError['code'], refused.message);
    } catch (error) {
      if (isBrineError(error, 'BUS_CLOSED') || isBrineError(error, 'TIMEOUT')) return false;
      throw error;
    }
  }

  /** Keeps events of this tag for a later `getEvent`, even when another call passes over them. */
  subscribe(tag: string, matchType: MatchType = 'startswith'): void {
    this.#pending.subscribe(tag, matchType);
  }

  unsubscribe(tag: string, matchType: MatchType = 'startswith'): void {
    this.#pending.unsubscribe(tag, matchType);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#reader?.close();
    for (const waiter of this.#waiters) waiter.settle(null);
    await this.#options.onClose?.();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #wait(test: Waiter['test'], waitS: number): Promise<TaggedEvent | null> {
    if (this.#closed) return Promise.resolve(null);
    return new Promise((resolve, reject) => {
      let cancel: () => void = () => undefined;
      const leave = (): void => {
        cancel();
        this.#waiters.delete(waiter);
      };
      const waiter: Waiter = {
        test,
        settle: (event) => {
          leave();
          resolve(event);
        },
        fail: (error) => {
          leave();
          reject(error instanceof Error ? error : new Error(messageOf(error)));
        },
      };
      this.#waiters.add(waiter);
      if (waitS > 0) cancel = this.#options.clock.after(waitS * 1000, () => waiter.settle(null));
      void this.#pump();
    });
  }

  /** Reads while somebody waits. What was read and not asked for stays in the reader. */
  async #pump(): Promise<void> {
    if (this.#pumping || this.#reader === undefined) return;
    this.#pumping = true;
    try {
      while (this.#waiters.size > 0 && !this.#reader.closed) {
        const event = this.#reader.shift();
        if (event === undefined) await this.#reader.fill();
        else this.#offer(event);
      }
      if (this.#reader.closed) for (const waiter of this.#waiters) waiter.settle(null);
    } catch (error) {
      for (const waiter of this.#waiters) waiter.fail(error);
    } finally {
      this.#pumping = false;
    }
  }

  #offer(event: ReadEvent): void {
    const takers = [...this.#waiters].filter((waiter) => waiter.test(event.tag));
    const keep = takers.length === 0 && this.#pending.covers(event.tag);
    if (takers.length === 0 && !keep) return;
    const tagged: TaggedEvent = { tag: event.tag, data: toPlain(event.data()) as PlainData };
    for (const taker of takers) taker.settle(tagged);
    if (keep && this.#pending.keep(tagged)) {
      const reason = `more than ${pendingMax} events waited for a later call`;
      this.#options.onGap?.({ fromSeq: event.seq, toSeq: event.seq, reason });
    }
  }
}

/** Event data from what a script gives. Throws BAD_EVENT unless it is a map. */
function dataMap(data: object): ValueMap {
  const value = typeof data === 'object' ? fromPlain(data) : null;
  if (value instanceof Map) return value;
  throw new BrineError('BAD_EVENT', 'Event data must be a map (an object).');
}
