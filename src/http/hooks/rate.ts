import { BrineError, type Clock } from '../../core/index.ts';

/** So many a second on average, and so many at once. */
export class Rate {
  readonly #clock: Clock;
  readonly #perMs: number;
  readonly #burst: number;
  #left: number;
  #atMs: number;

  constructor(clock: Clock, perSecond: number, burst: number) {
    this.#clock = clock;
    this.#perMs = perSecond / 1000;
    this.#burst = burst;
    this.#left = burst;
    this.#atMs = clock.monotonicMs();
  }

  /** Milliseconds until one may come; 0 when one may now. */
  waitMs(): number {
    this.#refill();
    return this.#left >= 1 ? 0 : Math.ceil((1 - this.#left) / this.#perMs);
  }

  /** Takes one. Throws OVERLOADED, with when to come again, when there is none. */
  take(what: string): void {
    const waitMs = this.waitMs();
    if (waitMs > 0)
      throw new BrineError('OVERLOADED', `${what} takes no more than its rate allows.`, {
        fields: { retry_after_s: Math.ceil(waitMs / 1000) },
      });
    this.#left -= 1;
  }

  #refill(): void {
    const nowMs = this.#clock.monotonicMs();
    this.#left = Math.min(this.#burst, this.#left + (nowMs - this.#atMs) * this.#perMs);
    this.#atMs = nowMs;
  }
}
