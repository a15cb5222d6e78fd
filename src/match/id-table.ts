import { HashTable, none } from './hash-table.ts';
import type { Offer } from './narrowing.ts';

/** From a spread hash to the ids that are filed under it. */
export class IdTable {
  /** The only id, or as a negative number which of the lists. */
  readonly #table: HashTable;
  readonly #lists: readonly (readonly number[])[];

  constructor(filed: ReadonlyMap<number, readonly number[]>) {
    const lists: (readonly number[])[] = [];
    const values = new Map<number, number>();
    for (const [hash, ids] of filed) {
      const [only = 0] = ids;
      values.set(hash, ids.length === 1 ? only : ~(lists.push(ids) - 1));
    }
    this.#table = new HashTable(values);
    this.#lists = lists;
  }

  offer(hash: number, offer: Offer): void {
    const value = this.#table.find(hash);
    if (value === none) return;
    if (value >= 0) offer(value);
    else for (const id of this.#lists[~value] ?? []) offer(id);
  }

  /** Offers what is filed under the hashes from one position to before another. */
  offerAll(hashes: Int32Array, from: number, end: number, offer: Offer): void {
    const table = this.#table;
    for (let i = table.next(hashes, from, end); i >= 0; i = table.next(hashes, i + 1, end))
      this.offer(hashes[i] ?? 0, offer);
  }
}

/** Files an item under a key. */
export function file<T>(lists: Map<number, T[]>, key: number, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}
