import { HashTable, none } from './hash-table.ts';
import { file } from './id-table.ts';
import type { GlobText, Narrowing, Offer } from './narrowing.ts';
import { slash, type TagUnits } from './tag-units.ts';
import { textHash } from './text-hash.ts';

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
  /** The lengths that can be there at any time, ascending. */
  readonly #anytime: Int32Array;
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
      else file(byHash, textHash(glob[end]), glob);
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
    this.#anytime = lengthsAt(this.#times, always);
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
    const times = this.#times;
    const isHead = this.#end === 'head';
    const whole = tag.text.length;
    const reach = Math.min(whole, times.length - 1);
    tag.read();
    for (const length of this.#anytime) {
      if (length > reach) break;
      this.#lookUp(length, tag, offer);
    }
    const { units, slashes, slashCount } = tag;
    for (let i = 0; i < slashCount; i += 1) {
      const at = slashes[isHead ? i : slashCount - 1 - i] ?? 0;
      const length = isHead ? at + 1 : whole - at;
      if (length > reach) break;
      if (((times[length] ?? 0) & (afterSlash | always)) === afterSlash) this.#lookUp(length, tag, offer);
    }
    if (whole <= reach && isOnlyWhole(times[whole] ?? 0, units[isHead ? whole - 1 : 0] ?? 0))
      this.#lookUp(whole, tag, offer);
    this.#others?.find(tag, offer);
  }

  #lookUp(length: number, tag: TagUnits, offer: Offer): void {
    const whole = tag.text.length;
    const hash = this.#end === 'head' ? tag.hash(0, length) : tag.hash(whole - length, whole);
    const value = this.#table.find(hash);
    if (value === none) return;
    if (value >= 0) offer(value);
    else this.#groups[~value]?.find(tag, offer);
  }
}

/** Whether a text as long as the tag can be there that was not looked up for another reason. */
function isOnlyWhole(times: number, inner: number): boolean {
  if ((times & withWhole) === 0 || (times & always) !== 0) return false;
  return inner !== slash || (times & afterSlash) === 0;
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

function lengthsAt(times: Uint8Array, time: number): Int32Array {
  return Int32Array.from(Array.from(times.keys()).filter((length) => ((times[length] ?? 0) & time) !== 0));
}
