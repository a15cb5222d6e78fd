import { IdTable } from './id-table.ts';
import type { GlobText, Narrowing, Offer } from './narrowing.ts';
import { type Filed, fileByRarest } from './rarest.ts';
import type { TagUnits } from './tag-units.ts';

/**
 * Finds globs by a whole segment, the text between two slashes, that tags must have: a tag has few of them. Each
 * glob is filed under the one that fewest have.
 */
export class SegmentIndex implements Narrowing {
  readonly #table: IdTable;
  /** Globs without a segment of their own. */
  readonly #others: Narrowing | undefined;

  private constructor(filed: Filed['byText'], others: Narrowing | undefined) {
    this.#table = new IdTable(filed);
    this.#others = others;
  }

  /** `next` narrows the globs that no segment tells apart. */
  static of(globs: readonly GlobText[], next: (globs: readonly GlobText[]) => Narrowing): Narrowing {
    const { byText, others } = fileByRarest(globs, segmentsOf);
    if (byText.size === 0) return next(globs);
    return new SegmentIndex(byText, others.length > 0 ? next(others) : undefined);
  }

  find(tag: TagUnits, offer: Offer): void {
    tag.read();
    const { slashes, slashCount } = tag;
    let from = 0;
    for (let i = 0; i < slashCount; i += 1) {
      const at = slashes[i] ?? 0;
      this.#table.offer(tag.hash(from, at), offer);
      from = at + 1;
    }
    this.#table.offer(tag.hash(from, tag.text.length), offer);
    this.#others?.find(tag, offer);
  }
}

/** What stands between two slashes of the plain text of a glob. */
function segmentsOf({ all }: GlobText): string[] {
  return all.flatMap((text) => text.split('/').slice(1, -1));
}
