import { BrineError } from '../core/index.ts';
import type { JobNews } from './follow.ts';

/** How many minions at once: a number, or a percentage of `total` (at least one). Throws BAD_ARGUMENT. */
export function batchSize(batch: number | string, total: number): number {
  const text = String(batch);
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(text);
  const size = percent === null ? Number(text) : Math.max(1, Math.floor((Number(percent[1]) / 100) * total));
  if (Number.isInteger(size) && size >= 1) return size;
  throw new BrineError('BAD_ARGUMENT', `${text} is not a batch size: give a number such as 3, or 10%.`);
}

type Stream = AsyncGenerator<JobNews, void, void>;

/**
 * Keeps `size` minions at work: as soon as one is done, the next one starts. News come in the order in
 * which they happen.
 */
export async function* runBatches(
  ids: readonly string[],
  size: number,
  start: (ids: readonly string[]) => Stream,
): Stream {
  const waiting = [...ids];
  const running = new Map<Stream, Promise<{ stream: Stream; step: IteratorResult<JobNews, void> }>>();
  const advance = (stream: Stream): void => {
    running.set(
      stream,
      stream.next().then((step) => ({ stream, step })),
    );
  };
  try {
    for (;;) {
      while (running.size < size && waiting.length > 0) advance(start(waiting.splice(0, 1)));
      if (running.size === 0) return;
      const { stream, step } = await Promise.race(running.values());
      running.delete(stream);
      if (step.done === true) continue;
      advance(stream);
      yield step.value;
    }
  } finally {
    await Promise.allSettled([...running.keys()].map((stream) => stream.return()));
  }
}
