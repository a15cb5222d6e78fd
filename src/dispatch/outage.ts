import type { Clock, Ids } from '../core/index.ts';
import { backoffMs } from './backoff.ts';

/** The same cause is told again at most this often. */
const tellEveryMs = 10_000;

/**
 * Remembers that the control plane cannot be reached, for how long nothing is sent, and which causes were
 * told lately.
 */
export class Outage {
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #limits: { baseMs: number; maxMs: number };
  #failures = 0;
  #message: string | null = null;
  #told = { message: '', atMs: Number.NEGATIVE_INFINITY };
  #pauseEndsMs = 0;

  constructor(clock: Clock, ids: Ids, limits: { baseMs: number; maxMs: number }) {
    this.#clock = clock;
    this.#ids = ids;
    this.#limits = limits;
  }

  /** Why the control plane cannot be reached, or null when it can. */
  get message(): string | null {
    return this.#message;
  }

  get failures(): number {
    return this.#failures;
  }

  /** How long to send nothing, in milliseconds; 0 when sending is allowed. */
  get pauseMs(): number {
    return this.#message === null ? 0 : Math.max(0, this.#pauseEndsMs - this.#clock.monotonicMs());
  }

  /** Counts a failure; says how long the pause is, and whether this cause should be told. */
  failed(message: string): { pauseMs: number; tell: boolean } {
    const nowMs = this.#clock.monotonicMs();
    // Batches that were under way together fail together; that is one failure.
    const pauseLeftMs = this.pauseMs;
    this.#message = message;
    if (pauseLeftMs === 0) this.#failures += 1;
    const pauseMs = pauseLeftMs || backoffMs(this.#failures, this.#limits, this.#ids.fraction());
    this.#pauseEndsMs = nowMs + pauseMs;
    const tell = message !== this.#told.message || nowMs - this.#told.atMs >= tellEveryMs;
    if (tell) this.#told = { message, atMs: nowMs };
    return { pauseMs, tell };
  }

  over(): void {
    this.#failures = 0;
    this.#message = null;
  }
}
