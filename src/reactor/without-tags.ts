import type { BusMessage } from '../bus/index.ts';

type Events = Extract<BusMessage, { kind: 'events' }>;

/** The message without some of its events; reading goes on at the same place after it. */
export function withoutTags(message: Events, isLeftOut: (tag: string) => boolean): Events {
  const { batch, seqs } = message;
  const indexes: number[] = [];
  batch.tags.forEach((tag, index) => {
    if (!isLeftOut(tag)) indexes.push(index);
  });
  const pick = <T>(list: readonly T[]): T[] => indexes.map((index) => list[index] as T);
  const kept = indexes.map((index) => seqs?.[index] ?? batch.firstSeq + index);
  return {
    ...message,
    batch: {
      atMs: batch.atMs,
      firstSeq: kept[0] ?? batch.firstSeq,
      tags: pick(batch.tags),
      bodies: pick(batch.bodies),
      heads: batch.heads === null ? null : pick(batch.heads),
    },
    seqs: kept,
  };
}
