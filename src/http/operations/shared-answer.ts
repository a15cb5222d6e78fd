import type { Clock } from '../../core/index.ts';

/** How long an answer serves others that ask the same. */
const freshMs = 500;

/**
 * Asks once for all who ask within half a second, so that routes open to anybody cost no more work the more
 * often they are asked.
 */
export function sharedAnswer<T>(clock: Clock, ask: () => Promise<T>): () => Promise<T> {
  let last: { readonly answer: Promise<T>; readonly isFresh: () => boolean } | undefined;
  return () => {
    if (last?.isFresh() === true) return last.answer;
    const answer = ask();
    let endedMs: number | undefined;
    const ended = (): void => {
      endedMs = clock.monotonicMs();
    };
    answer.then(ended, ended);
    last = {
      answer,
      isFresh: () => endedMs === undefined || clock.monotonicMs() - endedMs < freshMs,
    };
    return answer;
  };
}
