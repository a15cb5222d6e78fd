import { createHash } from 'node:crypto';
import { type Clock, mapOf, type Telemetry, textAt, type Value } from '../../core/index.ts';
import { openStore, type Store, type StoreChange } from '../../journal/index.ts';

/** What is remembered of something that was, or may have been, published. */
export interface DeliveryRecord {
  /** Stands in the source of the event, so that the log itself says whether it has it. */
  readonly mark: string;
  /** The log and the place in it before which the event is not. */
  readonly logId: string;
  readonly fromSeq: number;
  /** The event; 0 while it is not known whether there is one. */
  readonly seq: number;
  readonly tag: string;
  /** What was sent, as a hash; for whoever must not send something else under the same key. */
  readonly digest: string;
}

/** By what a repeat is known, and for how long. */
export interface OnceKey {
  readonly key: string;
  readonly keepMs: number;
}

const records = 'records';
/** `<when it ends> <key>`, so that what has ended is found without a look at the rest. */
const ends = 'ends';
const recordsMax = 1_000_000;
/** Ended records that go with each new one: more than come, so that none stay. */
const forgetStep = 4;

/** Records of deliveries, on disk only. Keys are kept as hashes. */
export class DeliveryRecords {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #telemetry: Telemetry;
  readonly #max: number;

  private constructor(store: Store, options: { clock: Clock; telemetry: Telemetry; max: number }) {
    this.#store = store;
    this.#clock = options.clock;
    this.#telemetry = options.telemetry;
    this.#max = options.max;
  }

  static async open(
    folder: string,
    options: { readonly clock: Clock; readonly telemetry: Telemetry; readonly max?: number },
  ): Promise<DeliveryRecords> {
    const store = await openStore(folder, [records, ends], options);
    return new DeliveryRecords(store, { max: recordsMax, ...options });
  }

  find(key: string): DeliveryRecord | undefined {
    const value = this.#store.get(records, hashOf(key));
    if (!(value instanceof Map) || Number(value.get('ends_ms')) <= this.#clock.nowMs()) return undefined;
    return {
      mark: textAt(value, 'mark'),
      logId: textAt(value, 'log'),
      fromSeq: Number(value.get('from')),
      seq: Number(value.get('seq')),
      tag: textAt(value, 'tag'),
      digest: textAt(value, 'digest'),
    };
  }

  /** Resolves when the record is durable under all the keys. */
  async put(keys: readonly OnceKey[], record: DeliveryRecord): Promise<void> {
    const changes = this.#endedChanges();
    for (const { key, keepMs } of keys) {
      const hash = hashOf(key);
      const endsMs = this.#clock.nowMs() + keepMs;
      const { mark, logId: log, fromSeq: from, seq, tag, digest } = record;
      const value = mapOf({ mark, log, from, seq, tag, digest, ends_ms: endsMs });
      changes.push(...this.#without(hash), { table: records, key: hash, value });
      changes.push({ table: ends, key: endKey(endsMs, hash), value: true });
    }
    await this.#store.commit(changes);
  }

  async forget(keys: readonly OnceKey[]): Promise<void> {
    await this.#store.commit(keys.flatMap(({ key }) => this.#without(hashOf(key))));
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  #without(hash: string): StoreChange[] {
    const value = this.#store.get(records, hash);
    if (!(value instanceof Map)) return [];
    return [
      { table: ends, key: endKey(Number(value.get('ends_ms')), hash), value: undefined },
      { table: records, key: hash, value: undefined },
    ];
  }

  #endedChanges(): StoreChange[] {
    const isFull = this.#store.count(records) >= this.#max;
    const now = endKey(this.#clock.nowMs(), '');
    const changes: StoreChange[] = [];
    for (const [key] of this.#store.range(ends, { limit: forgetStep })) {
      if (key > now && !isFull) break;
      if (key > now) this.#tellFull();
      changes.push({ table: ends, key, value: undefined });
      changes.push({ table: records, key: key.slice(key.indexOf(' ') + 1), value: undefined });
    }
    return changes;
  }

  #tellFull(): void {
    const message = `more than ${this.#max} deliveries are remembered; the oldest are forgotten early`;
    this.#telemetry.emit({ kind: 'insecure', setting: 'api deliveries', message });
  }
}

function endKey(endsMs: number, hash: string): string {
  return `${String(Math.ceil(endsMs)).padStart(16, '0')} ${hash}`;
}

function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/** The hash that `digest` holds. */
export function digestOf(value: Value, write: (value: Value) => Uint8Array): string {
  return createHash('sha256').update(write(value)).digest('hex');
}
