import type { Database, RangeOptions } from 'lmdb';
import { compareKeys, type Key } from './keys.ts';

/** One thing to write; without `bytes` it is a thing to delete. */
export interface Change {
  readonly table: Table;
  readonly key: Key;
  readonly bytes?: Uint8Array;
}

export interface Entry {
  readonly key: Key;
  readonly value: Uint8Array;
}

export type TableRange = Pick<RangeOptions, 'reverse' | 'limit'> & {
  /** The first key, included. */
  readonly start?: Key;
  /** The key where the range ends, left out. */
  readonly end?: Key;
};

/**
 * A table of LMDB, and over it what is durable in the write-ahead file and not in LMDB yet. Readers see both
 * as one.
 */
export class Table {
  readonly name: string;
  readonly #db: Database<Uint8Array, Key>;
  /** The last change of each key that LMDB may not have. */
  readonly #staged = new Map<string | number, Change>();

  constructor(name: string, db: Database<Uint8Array, Key>) {
    this.name = name;
    this.#db = db;
  }

  get(key: Key): Uint8Array | undefined {
    const staged = this.#staged.size === 0 ? undefined : this.#staged.get(identityOf(key));
    return staged === undefined ? this.#db.get(key) : staged.bytes;
  }

  *getRange(range: TableRange): Iterable<Entry> {
    if (this.#staged.size === 0) {
      yield* this.#db.getRange(range);
      return;
    }
    const { limit = Number.POSITIVE_INFINITY, ...unlimited } = range;
    let count = 0;
    for (const entry of merged(this.#db.getRange(unlimited), this.#stagedIn(range), range.reverse === true)) {
      if (count >= limit) return;
      count += 1;
      yield entry;
    }
  }

  *getKeys(range: TableRange): Iterable<Key> {
    if (this.#staged.size === 0) yield* this.#db.getKeys(range);
    else for (const { key } of this.getRange(range)) yield key;
  }

  get count(): number {
    let { entryCount: count } = this.#db.getStats() as { entryCount: number };
    for (const { key, bytes } of this.#staged.values()) {
      const wasThere = this.#db.doesExist(key);
      if (bytes === undefined) count -= wasThere ? 1 : 0;
      else count += wasThere ? 0 : 1;
    }
    return count;
  }

  /** Lets readers see a change that LMDB does not have. */
  stage(change: Change): void {
    this.#staged.set(identityOf(change.key), change);
  }

  /** Whether no later change of the same key is staged. */
  isLast(change: Change): boolean {
    return this.#staged.get(identityOf(change.key)) === change;
  }

  /** LMDB has this change; a later one of the same key stays staged. */
  unstage(change: Change): void {
    const identity = identityOf(change.key);
    if (this.#staged.get(identity) === change) this.#staged.delete(identity);
  }

  /** Inside a transaction. */
  write({ key, bytes }: Change): void {
    if (bytes === undefined) void this.#db.remove(key);
    else void this.#db.put(key, bytes);
  }

  #stagedIn({ start, end, reverse = false }: TableRange): Change[] {
    const sign = reverse ? -1 : 1;
    return [...this.#staged.values()]
      .filter(({ key }) => start === undefined || compareKeys(key, start) * sign >= 0)
      .filter(({ key }) => end === undefined || compareKeys(key, end) * sign < 0)
      .sort((a, b) => compareKeys(a.key, b.key) * sign);
  }
}

/** Both in order; a staged entry takes the place of the stored one with its key. */
function* merged(stored: Iterable<Entry>, staged: readonly Change[], reverse: boolean): Iterable<Entry> {
  const sign = reverse ? -1 : 1;
  let at = 0;
  for (const entry of stored) {
    let order = -1;
    for (; at < staged.length; at += 1) {
      const { key, bytes } = staged[at] as Change;
      order = compareKeys(key, entry.key) * sign;
      if (order > 0) break;
      if (bytes !== undefined) yield { key, value: bytes };
      if (order === 0) {
        at += 1;
        break;
      }
    }
    if (order !== 0) yield entry;
  }
  for (; at < staged.length; at += 1) {
    const { key, bytes } = staged[at] as Change;
    if (bytes !== undefined) yield { key, value: bytes };
  }
}

/** Keys of one table are of one form, so lists and strings do not meet. */
function identityOf(key: Key): string | number {
  return typeof key === 'object' ? key.join('\0') : key;
}
