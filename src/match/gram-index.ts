import { file, IdTable } from './id-table.ts';
import type { GlobText, Narrowing, Offer } from './narrowing.ts';
import { gramLength, TagUnits } from './tag-units.ts';

/** For globs of which too many share a piece of `gramLength`. */
const longLength = 11;
/** For globs whose text is too short. */
const shortLength = 3;
/** More globs than this with one piece are a crowd, which longer pieces may divide. */
const crowdMin = 16;
/** Two pieces that share a slot when they are counted only make the choice a little worse. */
const countSlotsMax = 1 << 20;

type Lists = Map<number, GlobText[]>;

/**
 * Finds globs by a piece of text that tags must hold. Each glob is filed under one piece, one that few globs
 * have; a look-up rolls a hash over the tag, so it costs the length of the tag and what was found, however
 * many globs there are.
 */
export class GramIndex implements Narrowing {
  readonly #usual: IdTable;
  readonly #byLength: readonly (readonly [length: number, table: IdTable])[];
  /** Globs without a piece to file them under; offered always. */
  readonly #others: readonly number[];

  constructor(globs: readonly GlobText[]) {
    const usual = fileByGram(globs, gramLength);
    const short = fileByGram(usual.without, shortLength);
    const byLength: [number, Lists][] = [
      [longLength, divideCrowds(usual.lists)],
      [shortLength, short.lists],
    ];
    this.#usual = tableOf(usual.lists);
    this.#byLength = byLength.flatMap(([length, lists]) =>
      lists.size > 0 ? [[length, tableOf(lists)] as const] : [],
    );
    this.#others = short.without.map(({ id }) => id);
  }

  find(tag: TagUnits, offer: Offer): void {
    const end = tag.text.length;
    if (end >= gramLength) this.#usual.offerAll(tag.grams(), gramLength - 1, end, offer);
    for (const [length, table] of this.#byLength) eachGram(tag, length, (hash) => table.offer(hash, offer));
    for (const id of this.#others) offer(id);
  }
}

function tableOf(lists: Lists): IdTable {
  return new IdTable(new Map([...lists].map(([hash, globs]) => [hash, globs.map(({ id }) => id)])));
}

/** Takes out of crowded lists the globs that have a far rarer piece of greater length, and files them by it. */
function divideCrowds(lists: Lists): Lists {
  const divided: Lists = new Map();
  for (const [hash, globs] of lists) {
    if (globs.length < crowdMin) continue;
    const counts = countGrams(globs, longLength);
    const staying = globs.filter((glob) => {
      const rarest = rarestGram(glob, longLength, counts);
      if (rarest === undefined || rarest.count * 4 > globs.length) return true;
      file(divided, rarest.hash, glob);
      return false;
    });
    if (staying.length > 0) lists.set(hash, staying);
    else lists.delete(hash);
  }
  return divided;
}

/** Files each glob under one of its pieces of that length; `without` are those that have none. */
function fileByGram(globs: readonly GlobText[], length: number): { lists: Lists; without: GlobText[] } {
  const counts = countGrams(globs, length);
  const lists: Lists = new Map();
  const without = globs.filter((glob) => {
    const rarest = rarestGram(glob, length, counts);
    if (rarest !== undefined) file(lists, rarest.hash, glob);
    return rarest === undefined;
  });
  return { lists, without };
}

function countGrams(globs: readonly GlobText[], length: number): Uint32Array {
  let slots = 64;
  while (slots < globs.length * 16 && slots < countSlotsMax) slots *= 2;
  const counts = new Uint32Array(slots);
  const count = (hash: number): void => {
    const slot = slotOf(hash, counts);
    counts[slot] = (counts[slot] ?? 0) + 1;
  };
  for (const { all } of globs) for (const text of all) eachGramOf(text, length, count);
  return counts;
}

function slotOf(hash: number, counts: Uint32Array): number {
  return (hash >>> 4) & (counts.length - 1);
}

function rarestGram(
  { all }: GlobText,
  length: number,
  counts: Uint32Array,
): { hash: number; count: number } | undefined {
  let best: { hash: number; count: number } | undefined;
  const consider = (hash: number): void => {
    const count = counts[slotOf(hash, counts)] ?? 0;
    if (best === undefined || count < best.count) best = { hash, count };
  };
  for (const text of all) eachGramOf(text, length, consider);
  return best;
}

/** Calls `visit` with the spread hash of every piece of that length. */
function eachGram(tag: TagUnits, length: number, visit: (hash: number) => void): void {
  tag.read();
  const end = tag.text.length;
  for (let from = 0; from + length <= end; from += 1) visit(tag.hash(from, from + length));
}

const reader = new TagUnits();

function eachGramOf(text: string, length: number, visit: (hash: number) => void): void {
  reader.take(text);
  eachGram(reader, length, visit);
}
