import type { Clock } from '../../src/core/index.ts';

interface Timer {
  readonly atMs: number;
  readonly run: () => void;
}

/** Lets everything that waits only for promises go on. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A clock that stands still until the test moves it. */
export class VirtualClock implements Clock {
  #nowMs: number;
  /** Does not go back when the time of day is set back. */
  #steadyMs: number;
  #timers: Timer[] = [];

  constructor(startMs: number = Date.UTC(2026, 10, 22, 16)) {
    this.#nowMs = startMs;
    this.#steadyMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#steadyMs;
  }

  after(delayMs: number, run: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** How many timers are set. */
  get pending(): number {
    return this.#timers.length;
  }

  /** Goes on by so many milliseconds, stopping at each timer on the way for what it sets in motion. */
  async advance(byMs: number): Promise<void> {
    const endMs = this.#nowMs + byMs;
    await settled();
    while (true) {
      const next = this.#timers
        .filter(({ atMs }) => atMs <= endMs)
        .reduce<Timer | undefined>(
          (first, timer) => (first === undefined || timer.atMs < first.atMs ? timer : first),
          undefined,
        );
      if (next === undefined) break;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.#goTo(Math.max(this.#nowMs, next.atMs));
      next.run();
      await settled();
    }
    this.#goTo(endMs);
  }

  #goTo(nowMs: number): void {
    this.#steadyMs += Math.max(0, nowMs - this.#nowMs);
    this.#nowMs = nowMs;
  }
}
