import { IdTable } from './id-table.ts';
import type { GlobText, Narrowing, Offer } from './narrowing.ts';
import { type Filed, fileByRarest } from './rarest.ts';
import type { TagUnits } from './tag-units.ts';

/** With more lengths to look up in each segment, looking at all pieces of a tag costs no more. */
const lengthsMax = 8;

/**
 * Finds globs by what a segment of the tag begins with: `db3.` for a glob that ends with `ret/db3.*`. Each glob is filed
 * under the one that fewest have.
 */
export class StemIndex implements Narrowing {
  readonly #table: IdTable;
  /** How long stems are, ascending. */
  readonly #lengths: Int32Array;
  readonly #others: Narrowing | undefined;

  private constructor(filed: Filed['byText'], lengths: readonly number[], others: Narrowing | undefined) {
    this.#table = new IdTable(filed);
    this.#lengths = Int32Array.from(lengths).sort();
    this.#others = others;
  }

  /** `next` narrows the globs that no stem tells apart. */
  static of(globs: readonly GlobText[], next: (globs: readonly GlobText[]) => Narrowing): Narrowing {
    const lengths = usualLengths(globs);
    const { byText, others } = fileByRarest(globs, (glob) =>
      stemsOf(glob).filter(({ length }) => lengths.includes(length)),
    );
    if (byText.size === 0) return next(globs);
    return new StemIndex(byText, lengths, others.length > 0 ? next(others) : undefined);
  }

  find(tag: TagUnits, offer: Offer): void {
    tag.read();
    const lengths = this.#lengths;
    const { slashes, slashCount } = tag;
    for (let i = 0; i < slashCount; i += 1) {
      const from = (slashes[i] ?? 0) + 1;
      const end = i + 1 < slashCount ? (slashes[i + 1] ?? 0) : tag.text.length;
      for (let nth = 0; nth < lengths.length; nth += 1) {
        const to = from + (lengths[nth] ?? 0);
        if (to > end) break;
        this.#table.offer(tag.hash(from, to), offer);
      }
    }
    this.#others?.find(tag, offer);
  }
}

/** What follows the last slash of each plain text of a glob. */
function stemsOf({ all }: GlobText): string[] {
  return all.flatMap((text) => text.split('/').slice(1).slice(-1)).filter((stem) => stem !== '');
}

/** The lengths that most stems have. */
function usualLengths(globs: readonly GlobText[]): number[] {
  const counts = new Map<number, number>();
  for (const { length } of globs.flatMap(stemsOf)) counts.set(length, (counts.get(length) ?? 0) + 1);
  const usual = [...counts].sort(([, a], [, b]) => b - a).slice(0, lengthsMax);
  return usual.map(([length]) => length);
}
