import { setImmediate as nextTurn } from 'node:timers/promises';
import { type JobReturn, returnFromValue, returnToValue } from '../../core/index.ts';
import type { Store, StoreChange } from '../../journal/index.ts';
import { type JobRecord, jobRecordFromValue } from './job-record.ts';

const jobs = 'jobs';
const returns = 'returns';

/** Jobs that are kept decoded, because their returns and events come soon. */
const recentMax = 10_000;
const pageSize = 500;

/** The jobs and returns that the master keeps. */
export class JobCache {
  readonly #store: Store;
  readonly #recent = new Map<string, JobRecord>();

  constructor(store: Store) {
    this.#store = store;
  }

  remember(records: readonly JobRecord[]): void {
    for (const record of records) this.#recent.set(record.load.jid, record);
    for (const jid of this.#recent.keys()) {
      if (this.#recent.size <= recentMax) break;
      this.#recent.delete(jid);
    }
  }

  find(jid: string): JobRecord | undefined {
    const recent = this.#recent.get(jid);
    if (recent !== undefined) return recent;
    const value = jid === '' ? undefined : this.#store.get(jobs, jid);
    return value === undefined ? undefined : jobRecordFromValue(value);
  }

  /** Newest first, in pages, so that a search through all of them does not keep everybody waiting. */
  async *newest(): AsyncIterable<JobRecord> {
    for (let before: string | undefined; ; ) {
      const page = this.#page(before);
      yield* page;
      before = page.at(-1)?.load.jid;
      if (before === undefined || page.length < pageSize) return;
      await nextTurn();
    }
  }

  #page(before: string | undefined): JobRecord[] {
    const limit = pageSize + (before === undefined ? 0 : 1);
    const range = { reverse: true, limit, ...(before === undefined ? {} : { from: before }) };
    return Array.from(this.#store.range(jobs, range))
      .filter(([jid]) => jid !== before)
      .map(([, value]) => jobRecordFromValue(value));
  }

  get count(): number {
    return this.#store.count(jobs);
  }

  hasReturn(jid: string, id: string): boolean {
    return this.#store.get(returns, `${jid}/${id}`) !== undefined;
  }

  returnChange(id: string, ret: JobReturn): StoreChange {
    return { table: returns, key: `${ret.jid}/${id}`, value: returnToValue(ret) };
  }

  /** Minion id → what it returned. */
  returnsOf(jid: string): Map<string, JobReturn> {
    const found = new Map<string, JobReturn>();
    if (jid === '') return found;
    const prefix = `${jid}/`;
    for (const [key, value] of this.#store.range(returns, { prefix }))
      found.set(key.slice(prefix.length), returnFromValue(value));
    return found;
  }

  /** What to delete of jobs that are older than `oldestMs`: at most about `limit` changes, oldest first. */
  expired(oldestMs: number, limit: number): StoreChange[] {
    const changes: StoreChange[] = [];
    for (const [jid, value] of this.#store.range(jobs)) {
      const { atMs, minions } = jobRecordFromValue(value);
      if (atMs >= oldestMs || changes.length >= limit) break;
      changes.push({ table: jobs, key: jid, value: undefined });
      for (const [key] of this.#store.range(returns, { prefix: `${jid}/` }))
        changes.push({ table: returns, key, value: undefined });
      // Rows of jobs that were lost stay as long as their job.
      for (const id of minions)
        if (this.#store.get('deliveries', `${id}/${jid}`) !== undefined)
          changes.push({ table: 'deliveries', key: `${id}/${jid}`, value: undefined });
      this.#recent.delete(jid);
    }
    return changes;
  }
}
