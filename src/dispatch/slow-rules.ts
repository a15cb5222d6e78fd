import type { Clock } from '../core/index.ts';

/** A batch that has no answer for so long is late. */
const lateMs = 1000;
/** So many late batches give their place to others, or so many rules are sent alone. */
const lateMax = 16;

/** A batch on its way. */
export interface Flight {
  /** Whether another batch was answered since this one was sent. */
  wasOvertaken(): boolean;
  end(answered: boolean): void;
}

/**
 * Which rules keep the control plane busy. A batch that is late no longer counts among those under way, so that
 * others go on, and its rules are *slow*: from then on each of them is sent alone, one batch at a time, apart from
 * the places that the others use, until one of these is answered in time.
 */
export class SlowRules {
  readonly #clock: Clock;
  readonly #onLate: (rules: readonly string[]) => void;
  readonly #slow = new Set<string>();
  #flights = 0;
  #answers = 0;
  #late = 0;
  #lateEntries = 0;

  constructor(clock: Clock, onLate: (rules: readonly string[]) => void) {
    this.#clock = clock;
    this.#onLate = onLate;
  }

  has(rule: string): boolean {
    return this.#slow.has(rule);
  }

  get rules(): ReadonlySet<string> {
    return this.#slow;
  }

  /** Batches under way that are not late. */
  get batches(): number {
    return this.#flights - this.#late;
  }

  /** Reactions in late batches. */
  get lateEntries(): number {
    return this.#lateEntries;
  }

  /** Whether one more slow rule may be sent alone. */
  get hasRoom(): boolean {
    return this.#late < lateMax;
  }

  begin(rules: readonly string[], entries: number, alone = false): Flight {
    const answersBefore = this.#answers;
    const endsMs = this.#clock.monotonicMs() + lateMs;
    let apart = false;
    const stepAside = (): void => {
      apart = this.hasRoom;
      if (!apart) return;
      this.#late += 1;
      this.#lateEntries += entries;
    };
    this.#flights += 1;
    if (alone) stepAside();
    const cancel = this.#clock.after(lateMs, () => {
      if (alone) return;
      for (const rule of rules) this.#slow.add(rule);
      stepAside();
      this.#onLate(rules);
    });
    return {
      wasOvertaken: () => this.#answers > answersBefore,
      end: (answered) => {
        cancel();
        this.#flights -= 1;
        if (apart) {
          this.#late -= 1;
          this.#lateEntries -= entries;
        }
        if (!answered) return;
        this.#answers += 1;
        if (alone && this.#clock.monotonicMs() < endsMs) for (const rule of rules) this.#slow.delete(rule);
      },
    };
  }
}
