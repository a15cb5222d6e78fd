import { file, IdTable } from './id-table.ts';
import type { GlobText, Narrowing, Offer } from './narrowing.ts';
import type { TagUnits } from './tag-units.ts';
import { textHash } from './text-hash.ts';

/** More globs than this with one segment are a crowd: something else finds them better. */
const crowdMin = 16;

/**
 * Finds globs by a whole segment, the text between two slashes, that tags must have: a tag has few of them. Each
 * glob is filed under the one that fewest have.
 */
export class SegmentIndex implements Narrowing {
  readonly #table: IdTable;
  /** Globs without a segment of their own. */
  readonly #others: Narrowing | undefined;

  private constructor(filed: ReadonlyMap<number, readonly number[]>, others: Narrowing | undefined) {
    this.#table = new IdTable(filed);
    this.#others = others;
  }

  /** `next` narrows the globs that no segment tells apart. */
  static of(globs: readonly GlobText[], next: (globs: readonly GlobText[]) => Narrowing): Narrowing {
    const counts = new Map<string, number>();
    const segments = globs.map(segmentsOf);
    for (const each of segments) for (const text of each) counts.set(text, (counts.get(text) ?? 0) + 1);
    const filed = new Map<number, number[]>();
    const others = globs.filter(({ id }, i) => {
      const rarest = rarestOf(segments[i] ?? [], counts);
      if (rarest !== undefined) file(filed, textHash(rarest), id);
      return rarest === undefined;
    });
    if (filed.size === 0) return next(globs);
    return new SegmentIndex(filed, others.length > 0 ? next(others) : undefined);
  }

  find(tag: TagUnits, offer: Offer): void {
    const whole = tag.text.length;
    tag.readUpTo(whole);
    const { slashes, slashCount } = tag;
    let from = 0;
    for (let i = 0; i < slashCount; i += 1) {
      const at = slashes[i] ?? 0;
      this.#table.offer(tag.hash(from, at), offer);
      from = at + 1;
    }
    this.#table.offer(tag.hash(from, whole), offer);
    this.#others?.find(tag, offer);
  }
}

/** What stands between two slashes of the plain text of a glob. */
function segmentsOf({ all }: GlobText): string[] {
  return all.flatMap((text) => text.split('/').slice(1, -1));
}

function rarestOf(segments: readonly string[], counts: ReadonlyMap<string, number>): string | undefined {
  let best: string | undefined;
  let bestCount = crowdMin;
  for (const text of segments) {
    const count = counts.get(text) ?? 0;
    if (count >= bestCount) continue;
    best = text;
    bestCount = count;
  }
  return best;
}
