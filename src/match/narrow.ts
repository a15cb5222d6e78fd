import { EndIndex } from './end-index.ts';
import { Few } from './few.ts';
import { GramIndex } from './gram-index.ts';
import type { GlobText, Narrowing } from './narrowing.ts';
import { SegmentIndex } from './segment-index.ts';
import { StemIndex } from './stem-index.ts';

type Globs = readonly GlobText[];

/** So few globs are offered all: asking each is cheaper than narrowing further. */
export const fewMax = 12;

/**
 * Narrows by what tags begin with; globs that begin alike, by what they end with; those that also end alike, by a
 * segment that they have between, or by what one begins with; and the rest by pieces of text.
 */
export function narrow(globs: Globs): Narrowing {
  return unlessFew(globs, byHead);
}

function byHead(globs: Globs): Narrowing {
  return EndIndex.of('head', globs, (alike) => unlessFew(alike, byTail));
}

function byTail(globs: Globs): Narrowing {
  return EndIndex.of('tail', globs, (alike) => unlessFew(alike, bySegment));
}

function bySegment(globs: Globs): Narrowing {
  return SegmentIndex.of(globs, (others) => unlessFew(others, byStem));
}

function byStem(globs: Globs): Narrowing {
  return StemIndex.of(globs, (others) => unlessFew(others, (rest) => new GramIndex(rest)));
}

function unlessFew(globs: Globs, next: (globs: Globs) => Narrowing): Narrowing {
  return globs.length <= fewMax ? new Few(globs) : next(globs);
}
