import { decodeBatch, encodeBatch, encodeEvents } from '../bus/index.ts';
import {
  BrineError,
  type Clock,
  type EventLog,
  isBrineError,
  mapOf,
  messageOf,
  type NewEvents,
  type OutgoingEvent,
  type Telemetry,
} from '../core/index.ts';
import type { Store, StoreChange } from '../journal/index.ts';

export interface LedgerOptions {
  readonly store: Store;
  readonly log: EventLog;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Events that may wait for the disk. */
  readonly queueEventsMax: number;
  /** Longest event, in bytes of its data. */
  readonly eventBytesMax: number;
}

interface Entry {
  readonly changes: readonly StoreChange[];
  readonly events: NewEvents;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const table = 'unannounced';
const flushEntriesMax = 1024;
const appendsUnderWayMax = 4;
const retryPauseMs = 1000;

/**
 * Changes of the master's tables together with the events that announce them. Tables and event log are two
 * stores, so the events go into the tables' transaction first (table `unannounced`, one row for a whole
 * flush) and then into the log; after a crash between both, `recover` announces what the log lacks.
 * Callers of the same moment share one transaction and one append.
 */
export class Ledger {
  readonly #options: LedgerOptions;
  #queue: Entry[] = [];
  #queuedEvents = 0;
  #running: Promise<void> | undefined;
  #appending: Promise<void> = Promise.resolve();
  #appendsUnderWay = 0;
  /** Rows whose events are in the log; the next transaction removes them. */
  #announced: string[] = [];
  #rows = 0;
  #closed = false;

  constructor(options: LedgerOptions) {
    this.#options = options;
  }

  /**
   * Resolves when the changes and the events are durable. Throws BAD_EVENT, EVENT_TOO_LARGE, OVERLOADED,
   * DISK_FULL, STOPPING; then nothing of it is recorded.
   */
  async record(changes: readonly StoreChange[], events: readonly OutgoingEvent[]): Promise<void> {
    const { queueEventsMax, eventBytesMax, clock } = this.#options;
    if (this.#closed) throw new BrineError('STOPPING', 'The master is stopping.');
    if (this.#queuedEvents > 0 && this.#queuedEvents + events.length > queueEventsMax)
      throw new BrineError('OVERLOADED', 'Too much waits for the disk; try again.');
    const encoded = encodeEvents(events, clock.nowMs());
    checkSizes(encoded, eventBytesMax);
    this.#queuedEvents += events.length;
    await new Promise<void>((resolve, reject) => {
      this.#queue.push({ changes, events: encoded, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  get waiting(): number {
    return this.#queuedEvents;
  }

  /** Appends what an earlier process recorded and did not announce. Call before anything else. */
  async recover(): Promise<void> {
    const { store, log } = this.#options;
    for (const [key, value] of store.range(table)) {
      const from = value instanceof Map ? value.get('from') : undefined;
      const bytes = value instanceof Map ? value.get('batch') : undefined;
      if (typeof from === 'number' && bytes instanceof Uint8Array) {
        const batch = decodeBatch(bytes, 1);
        if (!holds(log, from, batch)) await log.append([batch]);
      }
      this.#rows = Math.max(this.#rows, Number(key));
      this.#announced.push(key);
    }
    await this.#forgetAnnounced();
  }

  /** Waits for what is under way; what the log does not take is announced by the next `recover`. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
    await this.#appending;
    await this.#forgetAnnounced();
  }

  async #run(): Promise<void> {
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const entries = this.#queue.splice(0, flushEntriesMax);
      for (const entry of entries) this.#queuedEvents -= entry.events.tags.length;
      await this.#flush(entries);
      if (this.#appendsUnderWay >= appendsUnderWayMax) await this.#appending;
    }
    this.#running = undefined;
  }

  async #flush(entries: readonly Entry[]): Promise<void> {
    try {
      const batch = merge(entries.map((entry) => entry.events).filter(({ tags }) => tags.length > 0));
      const row = await this.#commit(
        entries.flatMap((entry) => entry.changes),
        batch,
      );
      if (batch === null) settle(entries);
      else this.#announce(batch, row, entries);
    } catch (error) {
      for (const entry of entries) entry.reject(error);
    }
  }

  /** One transaction; the result is the row that keeps the events, or null when nothing else changed. */
  async #commit(changes: readonly StoreChange[], batch: NewEvents | null): Promise<string | null> {
    if (changes.length === 0) return null;
    const { store, log, clock } = this.#options;
    const done = this.#announced.splice(0);
    const removals = done.map((key): StoreChange => ({ table, key, value: undefined }));
    const key = batch === null ? null : String((this.#rows += 1)).padStart(16, '0');
    const kept: StoreChange[] = [];
    if (batch !== null && key !== null) {
      const value = mapOf({ from: log.nextSeq(), batch: encodeBatch(batch, clock.nowMs()) });
      kept.push({ table, key, value });
    }
    try {
      await store.commit([...changes, ...kept, ...removals]);
    } catch (error) {
      this.#announced.push(...done);
      throw error;
    }
    return key;
  }

  /** Appends in the order of the transactions, without keeping the next transaction waiting. */
  #announce(batch: NewEvents, row: string | null, entries: readonly Entry[]): void {
    this.#appendsUnderWay += 1;
    this.#appending = this.#appending
      .then(() => this.#append(batch, row !== null))
      .then(
        () => {
          if (row !== null) this.#announced.push(row);
          settle(entries);
        },
        (error: unknown) => {
          for (const entry of entries) entry.reject(error);
        },
      )
      .finally(() => {
        this.#appendsUnderWay -= 1;
      });
  }

  /** What is recorded must be announced, so a full disk is waited for. */
  async #append(batch: NewEvents, recorded: boolean): Promise<void> {
    const { log, clock, telemetry } = this.#options;
    for (;;) {
      try {
        await log.append([batch]);
        return;
      } catch (error) {
        if (!recorded || this.#closed || !isBrineError(error, 'DISK_FULL')) throw error;
        telemetry.emit({ kind: 'unexpected', where: 'master ledger', message: messageOf(error) });
        await new Promise<void>((resolve) => {
          clock.after(retryPauseMs, resolve);
        });
      }
    }
  }

  async #forgetAnnounced(): Promise<void> {
    const keys = this.#announced.splice(0);
    if (keys.length > 0)
      await this.#options.store.commit(keys.map((key) => ({ table, key, value: undefined })));
  }
}

function checkSizes({ tags, bodies }: NewEvents, bytesMax: number): void {
  const index = bodies.findIndex((body) => body.length > bytesMax);
  if (index < 0) return;
  const bytes = bodies[index]?.length ?? 0;
  throw new BrineError(
    'EVENT_TOO_LARGE',
    `The event ${tags[index] ?? ''} has ${bytes} bytes; ${bytesMax} are allowed.`,
    { fields: { bytes, bytesMax } },
  );
}

/** Several senders' events as one batch, or null when there are none. */
function merge(parts: readonly NewEvents[]): NewEvents | null {
  const [first] = parts;
  if (first === undefined || parts.length === 1) return first ?? null;
  return {
    tags: parts.flatMap(({ tags }) => tags),
    bodies: parts.flatMap(({ bodies }) => bodies),
    heads: parts.some(({ heads }) => heads !== null)
      ? parts.flatMap(({ tags, heads }) => heads ?? tags.map(() => null))
      : null,
  };
}

function settle(entries: readonly Entry[]): void {
  for (const entry of entries) entry.resolve();
}

/** Whether the log has the batch: the stamp in its first body makes that one unmistakable. */
function holds(log: EventLog, from: number, batch: NewEvents): boolean {
  const [tag] = batch.tags;
  const [body] = batch.bodies;
  if (tag === undefined || body === undefined) return true;
  for (let seq = Math.max(from, log.oldestSeq()); seq < log.nextSeq(); ) {
    const found = log.read(seq, 1 << 20);
    if (found.length === 0) return false;
    for (const { tags, bodies, firstSeq } of found) {
      if (tags.some((other, i) => other === tag && Buffer.compare(bodies[i] ?? new Uint8Array(), body) === 0))
        return true;
      seq = firstSeq + tags.length;
    }
  }
  return false;
}
