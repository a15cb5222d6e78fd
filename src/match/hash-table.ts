/**
 * From a 32-bit hash to numbers, with open addressing. A miss is the common case; most misses end at a set
 * of bits that is small enough to stay in the processor's cache.
 */
export class HashTable {
  readonly #bitMask: number;
  readonly #bits: Int32Array;
  readonly #mask: number;
  readonly #hashes: Int32Array;
  /** Which list a slot leads to; 0 marks an empty slot. */
  readonly #rows: Int32Array;
  readonly #lists: (readonly number[])[] = [[]];

  constructor(entries: ReadonlyMap<number, readonly number[]>) {
    let size = 16;
    while (size < entries.size * 4) size *= 2;
    this.#mask = size - 1;
    // Sixteen bits or more for each entry: at most one miss in sixteen goes on to the table.
    this.#bitMask = size * 4 - 1;
    this.#bits = new Int32Array(size / 8);
    this.#hashes = new Int32Array(size);
    this.#rows = new Int32Array(size);
    for (const [hash, list] of entries) {
      const spread = scatter(hash);
      const bit = spread & this.#bitMask;
      this.#bits[bit >>> 5] = (this.#bits[bit >>> 5] ?? 0) | (1 << (bit & 31));
      let slot = spread & this.#mask;
      while (this.#rows[slot] !== 0) slot = (slot + 1) & this.#mask;
      this.#hashes[slot] = hash;
      this.#rows[slot] = this.#lists.length;
      this.#lists.push(list);
    }
  }

  find(hash: number): readonly number[] | undefined {
    const spread = scatter(hash);
    const bit = spread & this.#bitMask;
    if (((this.#bits[bit >>> 5] ?? 0) & (1 << (bit & 31))) === 0) return undefined;
    let slot = spread & this.#mask;
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
