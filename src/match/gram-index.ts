import { HashTable } from './hash-table.ts';

/** Lengths of the pieces of text by which globs are found. */
const gramLengths = [10, 6, 3] as const;
const base = 0x01000193;
/** So few globs are offered all: asking each is cheaper than looking for pieces. */
const fewMax = 12;
/** Slots for counting pieces; two pieces that share one only make the choice a little worse. */
const countSlots = 1 << 20;

/**
 * Finds texts by a piece they must hold. Each glob is filed under one piece of its literal text, the one
 * that fewest globs have; a look-up rolls a hash over the text, so it costs the length of the text and
 * what was found, however many globs there are. It may offer a glob that does not match, never miss one.
 */
export class GramIndex {
  readonly #tables: { length: number; outgoing: number; table: HashTable }[] = [];
  /** Globs without a piece to file them under; offered always. */
  readonly #others: readonly number[];

  /** `literals[i]` are texts that everything matched by glob i holds. */
  constructor(literals: readonly (readonly string[])[]) {
    if (literals.length <= fewMax) {
      this.#others = literals.map((_, glob) => glob);
      return;
    }
    const counts = gramLengths.map((length) => countGrams(literals, length));
    const filed = gramLengths.map(() => new Map<number, number[]>());
    const others: number[] = [];
    literals.forEach((texts, glob) => {
      const choice = rarestGram(texts, counts);
      if (choice === undefined) others.push(glob);
      else add(filed[choice.which] ?? new Map<number, number[]>(), choice.hash, glob);
    });
    this.#others = others;
    filed.forEach((entries, which) => {
      const length = gramLengths[which] ?? 0;
      if (entries.size > 0)
        this.#tables.push({ length, outgoing: power(length), table: new HashTable(entries) });
    });
  }

  /** Calls `offer` with lists of globs that may match; one glob may be offered twice. */
  find(text: string, offer: (globs: readonly number[]) => void): void {
    if (this.#others.length > 0) offer(this.#others);
    for (const { length, outgoing, table } of this.#tables) {
      let hash = 0;
      for (let i = 0; i < text.length; i += 1) {
        hash = (Math.imul(hash, base) + text.charCodeAt(i)) | 0;
        if (i >= length) hash = (hash - Math.imul(outgoing, text.charCodeAt(i - length))) | 0;
        if (i < length - 1) continue;
        const globs = table.find(hash);
        if (globs !== undefined) offer(globs);
      }
    }
  }
}

/** base ** length modulo 2^32: what the oldest character weighs in a rolled hash. */
function power(length: number): number {
  let product = 1;
  for (let i = 0; i < length; i += 1) product = Math.imul(product, base);
  return product;
}

/** Calls `visit` with the hash of every piece of that length. */
function eachGram(text: string, length: number, visit: (hash: number) => void): void {
  const outgoing = power(length);
  let hash = 0;
  for (let i = 0; i < text.length; i += 1) {
    hash = (Math.imul(hash, base) + text.charCodeAt(i)) | 0;
    if (i >= length) hash = (hash - Math.imul(outgoing, text.charCodeAt(i - length))) | 0;
    if (i >= length - 1) visit(hash);
  }
}

function countGrams(literals: readonly (readonly string[])[], length: number): Uint32Array {
  const counts = new Uint32Array(countSlots);
  const count = (hash: number): void => {
    const slot = hash & (countSlots - 1);
    counts[slot] = (counts[slot] ?? 0) + 1;
  };
  for (const texts of literals) for (const text of texts) eachGram(text, length, count);
  return counts;
}

function rarestGram(
  texts: readonly string[],
  counts: readonly Uint32Array[],
): { which: number; hash: number } | undefined {
  let best: { which: number; hash: number } | undefined;
  let bestCount = Number.POSITIVE_INFINITY;
  gramLengths.forEach((length, which) => {
    const consider = (hash: number): void => {
      const count = counts[which]?.[hash & (countSlots - 1)] ?? 0;
      if (count >= bestCount) return;
      bestCount = count;
      best = { which, hash };
    };
    for (const text of texts) eachGram(text, length, consider);
  });
  return best;
}

function add(entries: Map<number, number[]>, hash: number, glob: number): void {
  const list = entries.get(hash);
  if (list === undefined) entries.set(hash, [glob]);
  else list.push(glob);
}
