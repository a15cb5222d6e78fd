import {
  type JobLoad,
  type JobReturn,
  jobFromValue,
  jobToValue,
  mapOf,
  returnToValue,
  textAt,
  type Value,
} from '../core/index.ts';
import type { Store, StoreChange } from '../journal/index.ts';

/** Jobs that the minion remembers, so that none of them runs twice. */
const jidsMax = 1000;

/** The tables of a minion's store. */
export const spoolTables: readonly string[] = ['jids', 'jobs', 'returns', 'events'];

export interface SpooledJob {
  readonly load: JobLoad;
  /** It may have begun to work; then it is never run again. */
  readonly started: boolean;
}

export interface Spooled {
  readonly key: string;
  readonly value: Value;
}

/**
 * What a minion must not forget: jobs it has taken, returns and events that the master has not
 * acknowledged. Every method that changes something resolves when the change is durable.
 */
export class Spool {
  readonly #store: Store;
  /** jid → its key in `jids`; in the order of arrival. */
  readonly #jids = new Map<string, string>();
  /** Jids of jobs whose return the master has not acknowledged: it may send them again at any time. */
  readonly #open = new Set<string>();
  /** Key of a return that waits for the master → its jid. */
  readonly #returns = new Map<string, string>();
  #lastKey = 0;

  constructor(store: Store) {
    this.#store = store;
    for (const [key, jid] of store.range('jids')) if (typeof jid === 'string') this.#jids.set(jid, key);
    for (const job of this.jobs()) this.#open.add(job.load.jid);
    for (const [key, ret] of store.range('returns'))
      if (ret instanceof Map) this.#owe(key, textAt(ret, 'jid'));
    for (const table of spoolTables)
      for (const [key] of store.range(table, { reverse: true, limit: 1 }))
        this.#lastKey = Math.max(this.#lastKey, Number.parseInt(key, 16));
  }

  knows(jid: string): boolean {
    return this.#jids.has(jid);
  }

  /** Jobs that the master waits for: without a return, or with one that it has not acknowledged. */
  owed(): string[] {
    return [...this.#open];
  }

  /** Jobs without a return, oldest first. */
  jobs(): SpooledJob[] {
    return [...this.#store.range('jobs')].map(([, raw]) => ({
      load: jobFromValue(raw instanceof Map ? (raw.get('load') ?? null) : null),
      started: raw instanceof Map && raw.get('started') === true,
    }));
  }

  /** Takes jobs; from now on their jids are known. */
  async take(jobs: readonly SpooledJob[]): Promise<void> {
    const changes: StoreChange[] = [];
    for (const job of jobs) {
      const key = this.#nextKey();
      this.#jids.set(job.load.jid, key);
      this.#open.add(job.load.jid);
      changes.push({ table: 'jids', key, value: job.load.jid });
      changes.push({ table: 'jobs', key, value: jobRecord(job) });
    }
    changes.push(...this.#forgetOldest());
    try {
      await this.#store.commit(changes);
    } catch (error) {
      // They were not taken, so they may come again.
      for (const { load } of jobs) {
        this.#jids.delete(load.jid);
        this.#open.delete(load.jid);
      }
      throw error;
    }
  }

  markStarted(loads: readonly JobLoad[], started: boolean): Promise<void> {
    return this.#store.commit(
      loads.map((load) => ({
        table: 'jobs',
        key: this.#keyOf(load.jid),
        value: jobRecord({ load, started }),
      })),
    );
  }

  /** Swaps jobs for their returns. */
  async finish(returns: readonly JobReturn[]): Promise<void> {
    const changes: StoreChange[] = [];
    const owed: string[] = [];
    for (const ret of returns) {
      const key = this.#nextKey();
      owed.push(key);
      this.#owe(key, ret.jid);
      changes.push({ table: 'jobs', key: this.#keyOf(ret.jid), value: undefined });
      changes.push({ table: 'returns', key, value: returnToValue(ret) });
    }
    try {
      await this.#store.commit(changes);
    } catch (error) {
      // They are stored under other keys later.
      for (const key of owed) this.#returns.delete(key);
      throw error;
    }
  }

  addEvents(events: readonly { tag: string; data: Value; jid: string | null }[]): Promise<void> {
    return this.#store.commit(
      events.map(({ tag, data, jid }) => ({
        table: 'events',
        key: this.#nextKey(),
        value: mapOf({ tag, data, jid: jid ?? undefined }),
      })),
    );
  }

  /** The oldest returns or events that wait for the master. */
  waiting(table: 'returns' | 'events', limit: number): Spooled[] {
    return [...this.#store.range(table, { limit })].map(([key, value]) => ({ key, value }));
  }

  size(table: 'jobs' | 'returns' | 'events'): number {
    return this.#store.count(table);
  }

  /** The master has them. */
  async settle(table: 'returns' | 'events', keys: readonly string[]): Promise<void> {
    await this.#store.commit(keys.map((key) => ({ table, key, value: undefined })));
    for (const key of keys) {
      const jid = this.#returns.get(key);
      if (table === 'returns' && jid !== undefined && this.#returns.delete(key)) this.#open.delete(jid);
    }
  }

  #owe(key: string, jid: string): void {
    this.#returns.set(key, jid);
    this.#open.add(jid);
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  /** Jids of jobs that the master may send again are kept whatever their age. */
  #forgetOldest(): StoreChange[] {
    const changes: StoreChange[] = [];
    let surplus = this.#jids.size - jidsMax;
    for (const [jid, key] of this.#jids) {
      if (surplus <= 0) break;
      surplus -= 1;
      if (this.#open.has(jid)) continue;
      this.#jids.delete(jid);
      changes.push({ table: 'jids', key, value: undefined });
    }
    return changes;
  }

  #keyOf(jid: string): string {
    return this.#jids.get(jid) ?? '';
  }

  #nextKey(): string {
    this.#lastKey += 1;
    return this.#lastKey.toString(16).padStart(14, '0');
  }
}

function jobRecord({ load, started }: SpooledJob): Value {
  return mapOf({ load: jobToValue(load), started });
}
