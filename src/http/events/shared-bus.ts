import type {
  BusInfo,
  BusMessage,
  EventBus,
  PublishAck,
  SubscribeOptions,
  Subscription,
} from '../../bus/index.ts';
import {
  type Clock,
  type EventBatch,
  isBrineError,
  messageOf,
  type NewEvents,
  type OutgoingEvent,
  type Telemetry,
} from '../../core/index.ts';
import type { LogHead, News } from './log-head.ts';
import { RecentEvents } from './recent-events.ts';
import { SharedSubscription } from './shared-subscription.ts';

export interface SharedBusOptions {
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

const retryMs = 500;

/**
 * The master's bus for many readers in this process: one subscription at the head of the log feeds all that
 * are there too. Whoever is further behind than the recent events reads the log for itself.
 */
export class SharedBus implements EventBus, LogHead {
  /** The bus itself, for readers that are behind. */
  readonly origin: EventBus;
  readonly recent: RecentEvents = new RecentEvents();
  readonly #options: SharedBusOptions;
  readonly #listeners = new Set<News>();
  #subscription: Subscription | undefined;
  #closed = false;
  #known: Promise<void>;
  #resolveKnown: () => void = () => undefined;

  constructor(options: SharedBusOptions) {
    this.#options = options;
    this.origin = options.bus;
    this.#known = new Promise((resolve) => {
      this.#resolveKnown = resolve;
    });
  }

  /** Begins to follow the head. */
  start(): void {
    if (this.#subscription === undefined) void this.#follow();
  }

  /** Resolves once it is known where the head of the log is. */
  whenKnown(): Promise<void> {
    return this.#known;
  }

  /** Calls for all that comes until the result is called. */
  listen(listener: News): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  publish(events: readonly OutgoingEvent[]): Promise<PublishAck> {
    return this.origin.publish(events);
  }

  publishEncoded(events: NewEvents): Promise<PublishAck> {
    return this.origin.publishEncoded(events);
  }

  subscribe(options: SubscribeOptions): Subscription {
    // The shared reading leaves out what readers are not shown; whoever wants that too reads for itself.
    if (options.prefixes.includes('')) return this.origin.subscribe(options);
    return new SharedSubscription(this, options);
  }

  info(): Promise<BusInfo> {
    return this.origin.info();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#subscription?.close();
    this.#listeners.clear();
  }

  async #follow(): Promise<void> {
    while (!this.#closed) {
      try {
        await this.#read();
      } catch (error) {
        if (!isBrineError(error, 'BUS_CUT_OFF') && !this.#closed)
          this.#options.telemetry.emit({
            kind: 'unexpected',
            where: 'api events',
            message: messageOf(error),
          });
      }
      if (!this.#closed) await new Promise<void>((resolve) => this.#options.clock.after(retryMs, resolve));
    }
  }

  async #read(): Promise<void> {
    const from = this.recent.head ?? 'now';
    const subscription = this.origin.subscribe({ from, prefixes: [], name: 'api' });
    this.#subscription = subscription;
    const { nextSeq } = await subscription.ready;
    if (from === 'now') this.recent.startAt(nextSeq);
    this.#resolveKnown();
    for await (const message of subscription) this.#take(message);
  }

  #take(message: BusMessage): void {
    if (message.kind === 'gap') {
      const nextSeq = message.toSeq + 1;
      const before = this.recent.head ?? 0;
      this.recent.startAt(nextSeq);
      if (nextSeq < before) for (const listener of this.#listeners) listener.replaced(nextSeq);
      return;
    }
    const segment = this.recent.add(message.batch as EventBatch, message.nextSeq);
    for (const listener of this.#listeners) listener.events(segment);
  }
}
