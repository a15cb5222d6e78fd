import type { TagUnits } from './tag-units.ts';

/** The plain text that every match of a glob holds. */
export interface GlobText {
  /** What is offered for the glob; not negative. */
  readonly id: number;
  /** Whether it is plain text all through. */
  readonly exact: boolean;
  readonly head: string;
  readonly tail: string;
  /** Every run of plain text, the head and the tail included. */
  readonly all: readonly string[];
}

/** Told the id of a glob that may match. */
export type Offer = (id: number) => void;

/** Narrows many globs to those that may match a tag: it may offer some too many or twice, never one too few. */
export interface Narrowing {
  find(tag: TagUnits, offer: Offer): void;
}
