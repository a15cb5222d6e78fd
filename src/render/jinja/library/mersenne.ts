const size = 624;
const middle = 397;

/** Python's `random.Random(seed)`: the same numbers for the same seed, so a template stays repeatable. */
export class SeededRandom {
  readonly #state: Uint32Array = new Uint32Array(size);
  #at = size;

  constructor(seed: bigint) {
    const words: number[] = [];
    for (let rest = seed < 0n ? -seed : seed; rest > 0n; rest >>= 32n) words.push(Number(rest & 0xffffffffn));
    this.#seed(words.length === 0 ? [0] : words);
  }

  #seed(key: readonly number[]): void {
    const state = this.#state;
    state[0] = 19_650_218;
    for (let i = 1; i < size; i += 1) state[i] = Math.imul(1_812_433_253, this.#mixed(i - 1)) + i;
    let i = 1;
    for (let k = 0; k < Math.max(size, key.length); k += 1) {
      const at = k % key.length;
      state[i] = ((state[i] as number) ^ Math.imul(this.#mixed(i - 1), 1_664_525)) + (key[at] as number) + at;
      i = this.#next(i);
    }
    for (let k = 1; k < size; k += 1) {
      state[i] = ((state[i] as number) ^ Math.imul(this.#mixed(i - 1), 1_566_083_941)) - i;
      i = this.#next(i);
    }
    state[0] = 0x80000000;
  }

  #mixed(i: number): number {
    const word = this.#state[i] as number;
    return word ^ (word >>> 30);
  }

  #next(i: number): number {
    if (i + 1 < size) return i + 1;
    this.#state[0] = this.#state[size - 1] as number;
    return 1;
  }

  #refill(): void {
    const state = this.#state;
    for (let i = 0; i < size; i += 1) {
      const joined = ((state[i] as number) & 0x80000000) | ((state[(i + 1) % size] as number) & 0x7fffffff);
      state[i] =
        (state[(i + middle) % size] as number) ^ (joined >>> 1) ^ ((joined & 1) === 0 ? 0 : 0x9908b0df);
    }
    this.#at = 0;
  }

  #word(): number {
    if (this.#at >= size) this.#refill();
    let word = this.#state[this.#at] as number;
    this.#at += 1;
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return (word ^ (word >>> 18)) >>> 0;
  }

  /** A whole number from 0 to below `limit`, which is at most 2^32. */
  below(limit: number): number {
    const bits = 32 - Math.clz32(limit);
    for (;;) {
      const drawn = this.#word() >>> (32 - bits);
      if (drawn < limit) return drawn;
    }
  }

  /** Python's `sample`: that many of the items, none twice. */
  sample<T>(items: readonly T[], count: number): T[] {
    const poolMax = 21 + (count > 5 ? 4 ** Math.ceil(Math.log(count * 3) / Math.log(4)) : 0);
    if (items.length <= poolMax) return this.#sampleFromPool([...items], count);
    const chosen = new Set<number>();
    while (chosen.size < count) chosen.add(this.below(items.length));
    return [...chosen].map((at) => items[at] as T);
  }

  #sampleFromPool<T>(pool: T[], count: number): T[] {
    return Array.from({ length: count }, (_, taken) => {
      const at = this.below(pool.length - taken);
      const item = pool[at] as T;
      pool[at] = pool[pool.length - taken - 1] as T;
      return item;
    });
  }
}
