import type { Clock } from './ports.ts';

/**
 * The time of day for judging ages, in milliseconds since 1970: it does not jump ahead when the clock is set,
 * so that nothing is thrown away as old that was written a moment ago.
 */
export function steadyTime(clock: Clock): () => number {
  const aheadMs = clock.nowMs() - clock.monotonicMs();
  return () => Math.min(clock.nowMs(), clock.monotonicMs() + aheadMs);
}
