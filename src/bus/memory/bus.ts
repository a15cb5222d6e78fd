import {
  BrineError,
  type Clock,
  type EventLog,
  type NewEvents,
  type OutgoingEvent,
  silentTelemetry,
  type Telemetry,
} from '../../core/index.ts';
import { encodeUnchecked } from '../codec/data.ts';
import { Door } from '../events/door.ts';
import { selectFrom } from '../events/select.ts';
import { Inbox } from '../events/subscription.ts';
import type { BusInfo, EventBus, PublishAck, SubscribeOptions, Subscription } from '../types.ts';

export interface MemoryBusOptions {
  readonly clock: Clock;
  readonly telemetry?: Telemetry;
  /** 1 MiB unless given. */
  readonly eventBytesMax?: number;
  /** 100,000 unless given. */
  readonly queueEventsMax?: number;
}

/** A bus in this process, over any log. Heads are taken as they are given: the publisher is this program. */
export function memoryBus(log: EventLog, options: MemoryBusOptions): EventBus {
  return new LocalBus(log, options);
}

class LocalBus implements EventBus {
  readonly #log: EventLog;
  readonly #clock: Clock;
  readonly #door: Door;
  readonly #readers = new Set<Inbox>();
  #closed = false;

  constructor(log: EventLog, options: MemoryBusOptions) {
    const { clock, telemetry = silentTelemetry, eventBytesMax = 1 << 20, queueEventsMax = 100_000 } = options;
    this.#log = log;
    this.#clock = clock;
    this.#door = new Door(log, { telemetry, eventBytesMax, queueEventsMax });
  }

  async publish(events: readonly OutgoingEvent[]): Promise<PublishAck> {
    return this.publishEncoded(encodeUnchecked(events, this.#clock.nowMs()));
  }

  async publishEncoded(events: NewEvents): Promise<PublishAck> {
    this.#checkOpen();
    return this.#door.publish(events);
  }

  subscribe(options: SubscribeOptions): Subscription {
    this.#checkOpen();
    const inbox = new Inbox({
      taken: () => feed(),
      closed: () => {
        stopListening();
        this.#readers.delete(inbox);
      },
    });
    let next = options.from === 'now' ? this.#log.nextSeq() : Math.max(1, options.from);
    /** Only what one read gives is held; the rest stays in the log until it was taken. */
    const feed = (): void => {
      while (!inbox.ended && inbox.held === 0 && next < this.#log.nextSeq()) {
        const { messages, nextSeq } = selectFrom(this.#log, next, options.prefixes);
        if (nextSeq === next) return;
        next = nextSeq;
        for (const message of messages) inbox.put(message);
      }
    };
    const stopListening = this.#log.onAppend(feed);
    this.#readers.add(inbox);
    inbox.confirm({ logId: this.#log.id, nextSeq: this.#log.nextSeq() });
    feed();
    return inbox;
  }

  async info(): Promise<BusInfo> {
    this.#checkOpen();
    return { logId: this.#log.id, nextSeq: this.#log.nextSeq(), oldestSeq: this.#log.oldestSeq() };
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const reader of this.#readers) reader.close();
  }

  #checkOpen(): void {
    if (this.#closed) throw new BrineError('BUS_CLOSED', 'The bus is closed.');
  }
}
