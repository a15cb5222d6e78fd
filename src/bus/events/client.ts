import { type Clock, type NewEvents, type OutgoingEvent } from '../../core/index.ts';
import { encodeBatch } from '../codec/batch.ts';
import { encodeUnchecked } from '../codec/data.ts';
import type { BusInfo, EventBus, LinkClient, PublishAck, SubscribeOptions, Subscription } from '../types.ts';
import { nothing, unpackAck, unpackInfo, unpackPush } from './messages.ts';
import { RemoteReader } from './remote-reader.ts';

export interface ConnectBusOptions {
  readonly clock: Clock;
  /** How long a publish waits for its acknowledgement; 30,000 ms unless given. */
  readonly timeoutMs?: number;
  /** Messages that a subscription may hold that its consumer has not taken; 16 unless given. */
  readonly window?: number;
  /** Called when a message of the bus does not decode. */
  readonly onFault?: (error: unknown) => void;
}

/** The bus behind a link. Closing it leaves the link open. */
export function connectBus(link: LinkClient, options: ConnectBusOptions): EventBus {
  return new LinkBus(link, options);
}

/** How often an idle reader asks whether the bus still knows it. */
const keepAliveMs = 10_000;

class LinkBus implements EventBus {
  readonly #link: LinkClient;
  readonly #options: ConnectBusOptions;
  readonly #readers = new Map<string, RemoteReader>();
  #lastReader = 0;
  #cancelKeepAlive: (() => void) | undefined;

  constructor(link: LinkClient, options: ConnectBusOptions) {
    this.#link = link;
    this.#options = options;
    for (const verb of ['events', 'gap', 'cut'] as const)
      link.onPush(verb, (payload, attachments) => this.#take(verb, payload, attachments));
    link.onStatus((status) => {
      if (status.kind === 'lost') for (const reader of new Set(this.#readers.values())) reader.lost();
    });
  }

  publish(events: readonly OutgoingEvent[]): Promise<PublishAck> {
    try {
      return this.publishEncoded(encodeUnchecked(events, this.#options.clock.nowMs()));
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  async publishEncoded(events: NewEvents): Promise<PublishAck> {
    const { clock, timeoutMs = 30_000 } = this.#options;
    return unpackAck(await this.#link.request('publish', encodeBatch(events, clock.nowMs()), timeoutMs));
  }

  subscribe(options: SubscribeOptions): Subscription {
    const { clock, window = 16 } = this.#options;
    const reader = new RemoteReader(options, {
      clock,
      window,
      request: (verb, payload, timeoutMs) => this.#link.request(verb, payload, timeoutMs),
      enter: () => this.#enter(reader),
      leave: (id) => this.#leave(id),
    });
    void reader.run();
    return reader.inbox;
  }

  async info(): Promise<BusInfo> {
    return unpackInfo(await this.#link.request('info', nothing, this.#options.timeoutMs ?? 30_000));
  }

  async close(): Promise<void> {
    for (const reader of new Set(this.#readers.values())) reader.inbox.close();
    this.#cancelKeepAlive?.();
    this.#cancelKeepAlive = undefined;
  }

  /** Each subscription at the server gets an id of its own, so that late messages of an old one are known. */
  #enter(reader: RemoteReader): string {
    this.#lastReader += 1;
    const id = String(this.#lastReader);
    this.#readers.set(id, reader);
    this.#cancelKeepAlive ??= this.#keepAliveLater();
    return id;
  }

  #leave(id: string): void {
    this.#readers.delete(id);
    if (this.#readers.size > 0) return;
    this.#cancelKeepAlive?.();
    this.#cancelKeepAlive = undefined;
  }

  #keepAliveLater(): () => void {
    return this.#options.clock.after(keepAliveMs, () => {
      for (const reader of new Set(this.#readers.values())) reader.ask();
      this.#cancelKeepAlive = this.#readers.size === 0 ? undefined : this.#keepAliveLater();
    });
  }

  #take(verb: 'events' | 'gap' | 'cut', payload: Uint8Array, attachments: readonly Uint8Array[]): void {
    try {
      const push = unpackPush(verb, payload, attachments);
      const reader = this.#readers.get(push.reader);
      if ('cut' in push) reader?.cutOff(push.cut);
      else for (const message of push.messages) reader?.take(message);
    } catch (error) {
      this.#options.onFault?.(error);
    }
  }
}
