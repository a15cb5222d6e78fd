import { HashTable, none } from './hash-table.ts';
import { file } from './id-table.ts';
import type { GlobText, Narrowing, Offer } from './narrowing.ts';
import { appendUnit, spread } from './rolling-hash.ts';
import { slash, type TagUnits } from './tag-units.ts';

type End = 'head' | 'tail';
type Next = (globs: readonly GlobText[]) => Narrowing;

/** When a text of some length can be there: after a slash, with the whole tag, or at any time. */
const afterSlash = 1;
const withWhole = 2;
const always = 4;

/**
 * Finds the globs whose text at one end a tag has: one pass over the tag, as far as the longest text reaches,
 * looks up each length that occurs.
 */
export class EndIndex implements Narrowing {
  readonly #end: End;
  /** For each length the times at which a text of it can be there. */
  readonly #times: Uint8Array;
  /** The id of the only glob with a text, or as a negative number which of the groups has it. */
  readonly #table: HashTable;
  readonly #groups: readonly Narrowing[];
  /** Globs without text at this end. */
  readonly #others: Narrowing | undefined;

  /** `next` narrows the globs that are alike at this end. */
  static of(end: End, globs: readonly GlobText[], next: Next): Narrowing {
    const byHash = new Map<number, GlobText[]>();
    const others: GlobText[] = [];
    for (const glob of globs) {
      if (glob[end] === '') others.push(glob);
      else file(byHash, hashOf(glob[end], end), glob);
    }
    // What does not divide them is not worth a pass.
    const [only = []] = byHash.values();
    if (byHash.size === 0 || only.length === globs.length) return next(globs);
    return new EndIndex(end, byHash, others, next);
  }

  private constructor(
    end: End,
    byHash: ReadonlyMap<number, readonly GlobText[]>,
    others: readonly GlobText[],
    next: Next,
  ) {
    this.#end = end;
    this.#times = timesOf([...byHash.values()].flat(), end);
    const groups: Narrowing[] = [];
    const values = new Map<number, number>();
    for (const [hash, globs] of byHash) {
      const [first] = globs;
      if (globs.length === 1 && first !== undefined) values.set(hash, first.id);
      else values.set(hash, ~(groups.push(next(globs)) - 1));
    }
    this.#table = new HashTable(values);
    this.#groups = groups;
    this.#others = others.length === 0 ? undefined : next(others);
  }

  find(tag: TagUnits, offer: Offer): void {
    if (this.#end === 'head') this.#findHeads(tag, offer);
    else this.#findTails(tag, offer);
    this.#others?.find(tag, offer);
  }

  #findHeads(tag: TagUnits, offer: Offer): void {
    const times = this.#times;
    const whole = tag.text.length;
    const reach = Math.min(whole, times.length - 1);
    const units = tag.readUpTo(reach);
    let hash = 0;
    for (let length = 1; length <= reach; length += 1) {
      const unit = units[length - 1] ?? 0;
      hash = appendUnit(hash, unit);
      if (isTime(times[length] ?? 0, unit, length === whole)) this.#lookUp(hash, tag, offer);
    }
  }

  #findTails(tag: TagUnits, offer: Offer): void {
    const { text } = tag;
    const times = this.#times;
    const reach = Math.min(text.length, times.length - 1);
    let hash = 0;
    for (let length = 1; length <= reach; length += 1) {
      const unit = text.charCodeAt(text.length - length);
      hash = appendUnit(hash, unit);
      if (isTime(times[length] ?? 0, unit, length === text.length)) this.#lookUp(hash, tag, offer);
    }
  }

  #lookUp(hash: number, tag: TagUnits, offer: Offer): void {
    const value = this.#table.find(spread(hash));
    if (value === none) return;
    if (value >= 0) offer(value);
    else this.#groups[~value]?.find(tag, offer);
  }
}

function isTime(times: number, unit: number, whole: boolean): boolean {
  if (times === 0) return false;
  return (
    (times & always) !== 0 ||
    (unit === slash && (times & afterSlash) !== 0) ||
    (whole && (times & withWhole) !== 0)
  );
}

function timesOf(globs: readonly GlobText[], end: End): Uint8Array {
  const longest = globs.reduce((max, glob) => Math.max(max, glob[end].length), 0);
  const times = new Uint8Array(longest + 1);
  for (const glob of globs) {
    const text = glob[end];
    const inner = text.charCodeAt(end === 'head' ? text.length - 1 : 0);
    const time = glob.exact ? withWhole : inner === slash ? afterSlash : always;
    times[text.length] = (times[text.length] ?? 0) | time;
  }
  return times;
}

/** The spread hash of a text, read from the end at which tags have it. */
function hashOf(text: string, end: End): number {
  let hash = 0;
  for (let i = 0; i < text.length; i += 1)
    hash = appendUnit(hash, text.charCodeAt(end === 'head' ? i : text.length - 1 - i));
  return spread(hash);
}
