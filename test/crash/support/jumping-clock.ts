import { VirtualClock } from '../../support/virtual-clock.ts';

/** A virtual clock whose time of day an operator, or NTP, sets to something else. */
export class JumpingClock extends VirtualClock {
  #aheadMs = 0;

  override nowMs(): number {
    return super.nowMs() + this.#aheadMs;
  }

  override monotonicMs(): number {
    return super.nowMs();
  }

  /** Negative: back. Timers and durations do not notice. */
  jump(byMs: number): void {
    this.#aheadMs += byMs;
  }
}
