import type { Plain } from '../core/index.ts';

/** Event data as a script sees it. */
export type PlainData = { [key: string]: Plain };

export interface TaggedEvent {
  readonly tag: string;
  readonly data: PlainData;
}

/** Events that a script will never see: from `fromSeq` to `toSeq`, both included. */
export interface Gap {
  readonly fromSeq: number;
  readonly toSeq: number;
  readonly reason: string;
}
