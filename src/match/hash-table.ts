/** From a 32-bit hash to numbers, with open addressing: a miss, the common case, costs one read. */
export class HashTable {
  readonly #mask: number;
  readonly #hashes: Int32Array;
  /** Which list a slot leads to; 0 marks an empty slot. */
  readonly #rows: Int32Array;
  readonly #lists: (readonly number[])[] = [[]];

  constructor(entries: ReadonlyMap<number, readonly number[]>) {
    let size = 16;
    while (size < entries.size * 4) size *= 2;
    this.#mask = size - 1;
    this.#hashes = new Int32Array(size);
    this.#rows = new Int32Array(size);
    for (const [hash, list] of entries) {
      let slot = scatter(hash) & this.#mask;
      while (this.#rows[slot] !== 0) slot = (slot + 1) & this.#mask;
      this.#hashes[slot] = hash;
      this.#rows[slot] = this.#lists.length;
      this.#lists.push(list);
    }
  }

  find(hash: number): readonly number[] | undefined {
    let slot = scatter(hash) & this.#mask;
    for (;;) {
      const row = this.#rows[slot] ?? 0;
      if (row === 0) return undefined;
      if (this.#hashes[slot] === hash) return this.#lists[row];
      slot = (slot + 1) & this.#mask;
    }
  }
}

function scatter(hash: number): number {
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 8;
}
