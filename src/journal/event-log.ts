import {
  type BrineError,
  type Clock,
  countOf,
  type EventBatch,
  type EventLog,
  type Ids,
  type NewEvents,
  steadyTime,
  type Telemetry,
  tailOf,
  type Value,
} from '../core/index.ts';
import { decodeBatch } from './batch.ts';
import { pack, textOf, unpack } from './codec.ts';
import { Committer } from './committer.ts';
import { closeEnvironment, type Environment, openEnvironment, tableOf } from './environment.ts';
import { damaged, reading } from './fault.ts';
import { checkKey, type Key } from './keys.ts';
import { Recent } from './recent.ts';
import { seal, unseal } from './seal.ts';
import { Staging } from './staging.ts';
import type { Change, Table } from './table.ts';
import { Trimmer } from './trimmer.ts';

export interface EventLogOptions {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly telemetry: Telemetry;
  /** Events older than this many milliseconds are removed. */
  readonly retentionMs: number;
  /** The oldest events are removed while the log's records are larger than this. */
  readonly retentionBytes: number;
}

/** Where the log stands; kept beside the records because the log may be empty and still count on. */
interface Mark {
  nextSeq: number;
  bytes: number;
  lastAtMs: number;
}

/** Encoded events that wait for one transaction, at most about. */
const stagedBytesMax = 8 << 20;
/** Newest events kept in memory, because most readers follow closely. */
const recentBytesMax = 4 << 20;
const trimStepRecords = 64;

/** An event log whose transactions may change other tables of its environment. */
export interface SharedLog extends EventLog {
  /** Stores changes and groups or nothing, and resolves as `append` does. */
  commit(changes: () => readonly Change[], groups: readonly NewEvents[]): Promise<number[]>;
  close(): Promise<void>;
}

/** The tables that a log needs. */
export const logTables: readonly string[] = ['events', 'meta'];

/** Opens or makes the event log of a folder. Throws JOURNAL_DAMAGED. */
export async function openEventLog(
  folder: string,
  options: EventLogOptions,
): Promise<EventLog & { close(): Promise<void> }> {
  return openLogIn(openEnvironment(folder, logTables, options.clock), options);
}

/** The same in an environment that has more tables. Closing it closes the environment. */
export async function openLogIn(environment: Environment, options: EventLogOptions): Promise<SharedLog> {
  const log = new LmdbEventLog(environment, options);
  await log.open();
  return log;
}

class LmdbEventLog implements SharedLog {
  readonly #environment: Environment;
  readonly #events: Table;
  readonly #meta: Table;
  readonly #options: EventLogOptions;
  readonly #committer: Committer;
  readonly #listeners = new Set<() => void>();
  #id = '';
  #durable: Mark = { nextSeq: 1, bytes: 0, lastAtMs: 0 };
  #staged: Mark = this.#durable;
  readonly #staging = new Staging();
  readonly #recent = new Recent(recentBytesMax);
  readonly #trimmer: Trimmer;
  /** A clock that is set ahead makes no event old: their readers may not have come to them yet. */
  readonly #steadyNowMs: () => number;

  constructor(environment: Environment, options: EventLogOptions) {
    this.#environment = environment;
    this.#events = tableOf(environment, 'events');
    this.#meta = tableOf(environment, 'meta');
    this.#options = options;
    this.#steadyNowMs = steadyTime(options.clock);
    this.#trimmer = new Trimmer(options.clock, () => this.#trim());
    this.#committer = new Committer(environment, options, {
      begin: () => {
        this.#staged = { ...this.#durable };
        this.#staging.clear();
      },
      isFull: () => this.#staging.bytes >= stagedBytesMax,
      extra: () => this.#records(),
      committed: () => {
        const grew = this.#staged.nextSeq > this.#durable.nextSeq;
        this.#durable = this.#staged;
        for (const batch of this.#staging.batches) this.#recent.add(batch);
        if (grew) for (const listener of this.#listeners) listener();
      },
    });
  }

  async open(): Promise<void> {
    const id = this.#meta.get('id');
    const mark = this.#meta.get('mark');
    if (id === undefined) {
      this.#id = this.#options.ids.random(4);
      await this.#committer.submit(() => [
        { table: this.#meta, key: 'id', bytes: pack(this.#id) },
        { table: this.#meta, key: 'mark', bytes: packMark(this.#durable) },
      ]);
    } else {
      if (mark === undefined) throw damaged(this.#environment.folder, 'its position is missing');
      this.#id = textOf(unpack(id));
      this.#durable = unpackMark(mark);
    }
    this.#trimmer.start();
  }

  get id(): string {
    return this.#id;
  }

  append(groups: readonly NewEvents[]): Promise<number[]> {
    return this.commit(() => [], groups);
  }

  async commit(changes: () => readonly Change[], groups: readonly NewEvents[]): Promise<number[]> {
    const firstSeqs: number[] = [];
    await this.#committer.submit(() => {
      const prepared = changes();
      // What is refused must not have staged anything.
      for (const { key } of prepared) checkKey(key);
      for (const group of groups) firstSeqs.push(this.#stage(group));
      return prepared;
    });
    return firstSeqs;
  }

  #stage(group: NewEvents): number {
    const firstSeq = this.#staged.nextSeq;
    this.#staging.add(group, firstSeq);
    this.#staged.nextSeq += countOf(group);
    return firstSeq;
  }

  /** What was staged as records, and where the log then stands. */
  #records(): Change[] {
    const mark = this.#staged;
    // The log's times never go back, so that `seqAt` can search by halving.
    const atMs = Math.max(mark.lastAtMs, this.#options.clock.nowMs());
    const batches = this.#staging.encode(atMs);
    if (batches.length === 0 && mark.bytes === this.#durable.bytes) return [];
    if (batches.length > 0) mark.lastAtMs = atMs;
    const changes: Change[] = [];
    for (const { firstSeq, encoded } of batches) {
      const bytes = seal(encoded, firstSeq);
      mark.bytes += bytes.length;
      changes.push({ table: this.#events, key: firstSeq, bytes });
    }
    changes.push({ table: this.#meta, key: 'mark', bytes: packMark(mark) });
    return changes;
  }

  read(fromSeq: number, bytesMax: number): EventBatch[] {
    return (
      this.#recent.read(fromSeq, bytesMax) ??
      reading(this.#environment.folder, () => this.#read(fromSeq, bytesMax))
    );
  }

  #read(fromSeq: number, bytesMax: number): EventBatch[] {
    const batches: EventBatch[] = [];
    let bytes = 0;
    let next: number | undefined;
    for (const { key, value } of this.#events.getRange({ start: this.#recordOf(fromSeq) })) {
      const record = this.#decode(value, key);
      if (next !== undefined && record.firstSeq !== next) throw this.#hole(next);
      next = record.firstSeq + record.tags.length;
      const batch = tailOf(record, fromSeq);
      if (batch.tags.length === 0) continue;
      batches.push(batch);
      bytes += value.length;
      if (bytes >= bytesMax) return batches;
    }
    // Only the old end is ever trimmed, so what is missing anywhere else was lost.
    if ((next ?? this.#durable.nextSeq) < this.#durable.nextSeq) throw this.#hole(next);
    return batches;
  }

  #hole(seq: number | undefined): BrineError {
    return damaged(this.#environment.folder, `the events from number ${seq} on are missing`);
  }

  #decode(bytes: Uint8Array, firstSeq: Key): EventBatch {
    const { folder } = this.#environment;
    const whole = unseal(bytes, Number(firstSeq));
    if (whole === null)
      throw damaged(folder, `the events from number ${Number(firstSeq)} on are not as they were written`);
    return decodeBatch(whole, Number(firstSeq), folder);
  }

  /** The key of the record that holds `seq`, or `seq` when none does. */
  #recordOf(seq: number): number {
    for (const key of this.#events.getKeys({ start: seq, reverse: true, limit: 1 })) return key as number;
    return seq;
  }

  nextSeq(): number {
    return this.#durable.nextSeq;
  }

  oldestSeq(): number {
    for (const key of this.#events.getKeys({ limit: 1 })) return key as number;
    return this.nextSeq();
  }

  seqAt(atMs: number): number {
    let low = this.oldestSeq();
    let high = this.nextSeq();
    while (low < high) {
      const start = this.#recordOf(Math.floor((low + high) / 2));
      const value = this.#events.get(start);
      if (value === undefined) break;
      const batch = this.#decode(value, start);
      if (batch.atMs < atMs) low = Math.max(low, start + batch.tags.length);
      else high = Math.min(high, start);
    }
    return Math.min(low, high);
  }

  onAppend(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#trimmer.stop();
    await this.#committer.close();
    await closeEnvironment(this.#environment);
  }

  /** Removes some of the oldest records that are too old or too many; true when there may be more. */
  async #trim(): Promise<boolean> {
    let count = 0;
    let upToSeq = 0;
    let firstSeq = 0;
    await this.#committer.submit(() => {
      const changes: Change[] = [];
      const oldestMs = this.#steadyNowMs() - this.#options.retentionMs;
      for (const { key, value } of this.#events.getRange({ limit: trimStepRecords })) {
        const batch = this.#decode(value, key);
        if (this.#staged.bytes <= this.#options.retentionBytes && batch.atMs >= oldestMs) break;
        this.#staged.bytes -= value.length;
        changes.push({ table: this.#events, key });
        if (count === 0) firstSeq = batch.firstSeq;
        upToSeq = batch.firstSeq + batch.tags.length - 1;
        count += 1;
      }
      return changes;
    }, 'alone');
    if (count > 0) {
      this.#recent.forget(upToSeq);
      this.#options.telemetry.emit({ kind: 'journal.trimmed', events: upToSeq - firstSeq + 1, upToSeq });
    }
    return count === trimStepRecords;
  }
}

function packMark(mark: Mark): Uint8Array {
  return pack([mark.nextSeq, mark.bytes, mark.lastAtMs]);
}

function unpackMark(bytes: Uint8Array): Mark {
  const [nextSeq, size, lastAtMs] = unpack(bytes) as Value[];
  return { nextSeq: Number(nextSeq), bytes: Number(size), lastAtMs: Number(lastAtMs) };
}
