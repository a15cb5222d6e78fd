import { mapOf, type ValueMap } from './value.ts';

/** How full something bounded is, for status and metrics. */
export interface Queue {
  readonly name: string;
  /** Whose part of it this is, when it is one of a few: a rule, a minion, a reader. */
  readonly of?: string;
  readonly depth: number;
  /** Where it is full; undefined where the disk is the bound. */
  readonly limit?: number | undefined;
  /** Seconds since the oldest came; undefined when nothing waits or nobody knows. */
  readonly oldestS?: number | undefined;
  /** What was refused at its door since the start, by reason. */
  readonly refused?: Readonly<Record<string, number>> | undefined;
}

export function queueToValue({ name, of, depth, limit, oldestS, refused }: Queue): ValueMap {
  return mapOf({
    name,
    of,
    depth,
    limit,
    oldest_s: oldestS === undefined ? undefined : Math.round(oldestS * 10) / 10,
    refused: refused === undefined ? undefined : mapOf({ ...refused }),
  });
}
