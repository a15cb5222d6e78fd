/** What is found where nothing is. */
export const none: number = -0x8000_0000;

/**
 * From a spread hash to a number, with open addressing. A miss is the common case; nearly all misses end at a
 * set of bits that is small enough to stay in the processor's cache.
 */
export class HashTable {
  /** Two bits of one word for each entry. */
  readonly #bits: Int32Array;
  readonly #wordShift: number;
  readonly #slotShift: number;
  readonly #mask: number;
  /** Hash and value of each slot side by side, so that both come with one access to memory. */
  readonly #slots: Int32Array;

  constructor(entries: ReadonlyMap<number, number>) {
    let log = 4;
    while (2 ** log < entries.size * 1.6) log += 1;
    this.#slotShift = 32 - log;
    this.#mask = 2 ** log - 1;
    this.#slots = new Int32Array(2 << log).fill(none);
    // Ten bits or more for each entry, of which two are set.
    this.#wordShift = 33 - log;
    this.#bits = new Int32Array(2 ** (log - 1));
    for (const [hash, value] of entries) {
      const word = hash >>> this.#wordShift;
      this.#bits[word] = (this.#bits[word] ?? 0) | bitsOf(hash);
      let slot = hash >>> this.#slotShift;
      while (this.#slots[slot * 2 + 1] !== none) slot = (slot + 1) & this.#mask;
      this.#slots[slot * 2] = hash;
      this.#slots[slot * 2 + 1] = value;
    }
  }

  find(hash: number): number {
    const bits = bitsOf(hash);
    return ((this.#bits[hash >>> this.#wordShift] ?? 0) & bits) === bits ? this.#lookUp(hash) : none;
  }

  /** The first position from `from` to before `end` whose hash may be in the table; -1 where there is none. */
  next(hashes: Int32Array, from: number, end: number): number {
    const words = this.#bits;
    const shift = this.#wordShift;
    for (let i = from; i < end; i += 1) {
      const hash = hashes[i] ?? 0;
      const bits = bitsOf(hash);
      if (((words[hash >>> shift] ?? 0) & bits) === bits) return i;
    }
    return -1;
  }

  #lookUp(hash: number): number {
    const slots = this.#slots;
    for (let slot = hash >>> this.#slotShift; ; slot = (slot + 1) & this.#mask) {
      const value = slots[slot * 2 + 1] ?? none;
      if (value === none || slots[slot * 2] === hash) return value;
    }
  }
}

function bitsOf(hash: number): number {
  return (1 << ((hash >>> 8) & 31)) | (1 << ((hash >>> 13) & 31));
}
