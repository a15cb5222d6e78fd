import { file } from './id-table.ts';
import type { GlobText } from './narrowing.ts';
import { textHash } from './text-hash.ts';

/** More globs than this with one text are a crowd: something else finds them better. */
const crowdMin = 16;

/** Globs by the spread hash of one of their texts, and those that no text of theirs tells apart from a crowd. */
export interface Filed {
  readonly byText: ReadonlyMap<number, readonly number[]>;
  readonly others: readonly GlobText[];
}

/** Files each glob under that of its texts that fewest have. */
export function fileByRarest(
  globs: readonly GlobText[],
  textsOf: (glob: GlobText) => readonly string[],
): Filed {
  const counts = new Map<string, number>();
  const texts = globs.map(textsOf);
  for (const each of texts) for (const text of each) counts.set(text, (counts.get(text) ?? 0) + 1);
  const byText = new Map<number, number[]>();
  const others = globs.filter(({ id }, i) => {
    const rarest = rarestOf(texts[i] ?? [], counts);
    if (rarest !== undefined) file(byText, textHash(rarest), id);
    return rarest === undefined;
  });
  return { byText, others };
}

function rarestOf(texts: readonly string[], counts: ReadonlyMap<string, number>): string | undefined {
  let best: string | undefined;
  let bestCount = crowdMin;
  for (const text of texts) {
    const count = counts.get(text) ?? 0;
    if (count >= bestCount) continue;
    best = text;
    bestCount = count;
  }
  return best;
}
