import type { EventBus } from '../../bus/index.ts';
import {
  BrineError,
  type Clock,
  type ErrorCode,
  eventId,
  type Ids,
  messageOf,
  type Telemetry,
  type TraceContext,
  type ValueMap,
  withTrace,
} from '../../core/index.ts';
import { type DeliveryRecord, DeliveryRecords, type OnceKey } from './delivery-records.ts';

export interface Delivery {
  readonly tag: string;
  readonly data: ValueMap;
  /** Who sends it, for the event's head. */
  readonly source: string;
  /** Where it stands in a trace, for the event's head. */
  readonly trace?: TraceContext;
  /** What makes a repeat of it; empty publishes it each time. */
  readonly keys: readonly OnceKey[];
  /** Two deliveries with one key and other digests are a mistake of the sender; '' does not look. */
  readonly digest?: string;
}

export interface Published {
  /** The event's id. */
  readonly id: string;
  readonly seq: number;
  readonly tag: string;
  /** It was there already. */
  readonly repeated: boolean;
}

export interface PublishOnceOptions {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly telemetry: Telemetry;
  /** Where events go, and where it is looked whether one came to be. Throws when the master is away. */
  readonly bus: () => EventBus;
}

/** How long the log may take to be read to its end. */
const lookMs = 30_000;

/**
 * Publishes what carries keys once, whatever fails in between. Before the event goes to the master a mark is made
 * durable; the event carries it in its source. When it is not known whether the event came to be, a repeat looks for
 * the mark in the log, from the place where the log was then.
 */
export class PublishOnce {
  readonly #options: PublishOnceOptions;
  readonly #records: DeliveryRecords;
  readonly #busy = new Map<string, Promise<unknown>>();

  private constructor(records: DeliveryRecords, options: PublishOnceOptions) {
    this.#records = records;
    this.#options = options;
  }

  static async open(folder: string, options: PublishOnceOptions): Promise<PublishOnce> {
    return new PublishOnce(await DeliveryRecords.open(folder, options), options);
  }

  /**
   * Resolves when the log has the event durably. Throws what the master refuses with, BAD_ARGUMENT for another
   * content under a known key, and BUS_CLOSED or TIMEOUT when it is not known; then the same may be sent again.
   */
  async publish(delivery: Delivery): Promise<Published> {
    const { keys } = delivery;
    if (keys.length === 0) {
      const { logId } = await this.#options.bus().info();
      return this.#publish(delivery, { source: delivery.source, logId });
    }
    // One after the other for each key: two copies at once are one event too.
    for (;;) {
      const busy = keys.map(({ key }) => this.#busy.get(key)).find((work) => work !== undefined);
      if (busy === undefined) break;
      await busy.catch(() => undefined);
    }
    const work = this.#once(delivery).finally(() => {
      for (const { key } of keys) this.#busy.delete(key);
    });
    for (const { key } of keys) this.#busy.set(key, work);
    return work;
  }

  close(): Promise<void> {
    return this.#records.close();
  }

  async #once(delivery: Delivery): Promise<Published> {
    const { keys, tag, digest = '' } = delivery;
    const known = keys.map(({ key }) => this.#records.find(key)).find((record) => record !== undefined);
    if (known !== undefined) {
      if (known.digest !== digest)
        throw new BrineError('BAD_ARGUMENT', 'Something else was published with this key.');
      const seq = known.seq > 0 ? known.seq : await this.#look(known);
      if (seq !== undefined) {
        if (known.seq === 0) await this.#records.put(keys, { ...known, seq });
        return { id: eventId(known.logId, seq), seq, tag: known.tag, repeated: true };
      }
    }
    const { logId, nextSeq } = await this.#options.bus().info();
    const mark = known?.mark ?? this.#options.ids.random(8);
    // The event of an earlier try may still be on its way, so the place of that try stays.
    const fromSeq = known?.logId === logId ? known.fromSeq : nextSeq;
    const record: DeliveryRecord = { mark, logId, fromSeq, seq: 0, tag, digest };
    await this.#records.put(keys, record);
    const source = `${delivery.source}#${mark}`;
    const published = await this.#publish(delivery, {
      source,
      logId,
      onRefused: () => this.#records.forget(keys),
    });
    this.#note(keys, { ...record, seq: published.seq });
    return published;
  }

  /** Nobody waits for this: until it is there, and if it never is, a repeat finds the event in the log. */
  #note(keys: readonly OnceKey[], record: DeliveryRecord): void {
    this.#records.put(keys, record).catch((error: unknown) => {
      const { telemetry } = this.#options;
      telemetry.emit({ kind: 'unexpected', where: 'api deliveries', message: messageOf(error) });
    });
  }

  async #publish(
    { tag, data, trace }: Delivery,
    { source, logId, onRefused }: { source: string; logId: string; onRefused?: () => Promise<void> },
  ): Promise<Published> {
    const bus = this.#options.bus();
    const { refused, firstSeq } = await bus.publish([{ tag, data, head: { source, ...withTrace(trace) } }]);
    const [refusal] = refused;
    if (refusal !== undefined) {
      await onRefused?.();
      throw new BrineError(refusal.code as ErrorCode, refusal.message);
    }
    return { id: eventId(logId, firstSeq), seq: firstSeq, tag, repeated: false };
  }

  /** The number of the event with the record's mark; undefined when the log has none. */
  async #look({ mark, logId, fromSeq }: DeliveryRecord): Promise<number | undefined> {
    const bus = this.#options.bus();
    const end = await bus.info();
    if (end.logId !== logId || fromSeq >= end.nextSeq) return undefined;
    // The last event may be one that readers are not shown, and only it tells that the end is reached.
    const subscription = bus.subscribe({ from: fromSeq, prefixes: [''], name: 'api delivery' });
    const cancel = this.#options.clock.after(lookMs, () => subscription.close());
    try {
      for await (const message of subscription) {
        const next = message.kind === 'gap' ? message.toSeq + 1 : message.nextSeq;
        if (message.kind === 'events') {
          const { heads, firstSeq } = message.batch;
          const at = (heads ?? []).findIndex((head) => head?.source?.endsWith(`#${mark}`) === true);
          if (at >= 0) return message.seqs?.[at] ?? firstSeq + at;
        }
        if (next >= end.nextSeq) return undefined;
      }
    } finally {
      cancel();
      subscription.close();
    }
    throw new BrineError('BUS_CLOSED', 'The log could not be read to its end.');
  }
}
