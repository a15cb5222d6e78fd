import type { Clock } from '../../../src/core/index.ts';

export interface FakeClock extends Clock {
  /** Turns time on and runs what has become due, in order. */
  turn(ms: number): void;
  /** Timers that wait. */
  readonly waiting: number;
}

export function fakeClock(startMs = 1_700_000_000_000): FakeClock {
  let nowMs = startMs;
  const timers = new Set<{ atMs: number; run: () => void }>();
  return {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs - startMs,
    after: (delayMs, run) => {
      const timer = { atMs: nowMs + delayMs, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    turn: (ms) => {
      const endMs = nowMs + ms;
      while (true) {
        const [next] = [...timers].filter(({ atMs }) => atMs <= endMs).toSorted((a, b) => a.atMs - b.atMs);
        if (next === undefined) break;
        timers.delete(next);
        nowMs = Math.max(nowMs, next.atMs);
        next.run();
      }
      nowMs = endMs;
    },
    get waiting() {
      return timers.size;
    },
  };
}
