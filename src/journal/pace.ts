import type { Clock } from '../core/index.ts';

/** The part of the time that a process may wait for its disk before commits are spaced. */
const share = 0.1;
/** What it may wait at once after a pause, in milliseconds. */
const burstMs = 2;
/** From the beginning of a spaced commit to that of the next one, in milliseconds. */
const gapMs = 2;
/** Commits without a pause after one that was of no use, at most. */
const skipsMax = 64;

/**
 * Spaces short commits while many come, so that those who ask in the meantime share the next one: what is behind a
 * commit (messages, turns, more commits) becomes less by as much. Who asks for one after the other, each when the
 * one before is durable, has no company; then pausing is of no use and is tried less and less.
 */
export class Pace {
  readonly #clock: Clock;
  #creditMs = burstMs;
  #refilledMs: number;
  #lastMs = Number.NEGATIVE_INFINITY;
  #paused = false;
  #skips = 0;
  #skip = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#refilledMs = clock.monotonicMs();
  }

  /** How long the next commit should wait, in milliseconds. */
  pauseMs(): number {
    const nowMs = this.#clock.monotonicMs();
    this.#refill(nowMs);
    if (this.#creditMs >= 0 || this.#skip > 0) return 0;
    const leftMs = this.#lastMs + gapMs - nowMs;
    if (leftMs <= 0) return 0;
    this.#paused = true;
    return leftMs;
  }

  /** A commit of so many requests, begun at `beganMs`, has kept the process waiting until now. */
  made(requests: number, beganMs: number): void {
    const nowMs = this.#clock.monotonicMs();
    this.#refill(nowMs);
    this.#creditMs = Math.max(-burstMs, this.#creditMs - (nowMs - beganMs));
    this.#lastMs = beganMs;
    if (this.#skip > 0) this.#skip -= 1;
    if (!this.#paused) return;
    this.#paused = false;
    this.#skips = requests > 1 ? 0 : Math.min(skipsMax, this.#skips * 2 + 1);
    this.#skip = this.#skips;
  }

  #refill(nowMs: number): void {
    this.#creditMs = Math.min(burstMs, this.#creditMs + (nowMs - this.#refilledMs) * share);
    this.#refilledMs = nowMs;
  }
}
