import type { Clock, ReactorStore } from '../core/index.ts';
import type { Results } from './verdict.ts';

const pauseMs = 1000;

/** Stores outcomes, and tries until it can, because a second attempt of a reaction is dearer. */
export class Recorder {
  readonly #store: ReactorStore;
  readonly #clock: Clock;
  #stopped = false;
  #giveUp: (() => void)[] = [];

  constructor(store: ReactorStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** False when it was stopped before it could: without a record the outbox still holds them for the next start. */
  async record({ settled, postponed, dead }: Results): Promise<boolean> {
    while (true) {
      try {
        await this.#store.commit({ settled, postponed, dead });
        return true;
      } catch {
        // The journal has reported why.
        if (this.#stopped || !(await this.#pause())) return false;
      }
    }
  }

  stop(): void {
    this.#stopped = true;
    for (const giveUp of this.#giveUp.splice(0)) giveUp();
  }

  /** Resolves with true after a while, with false when it is stopped. */
  #pause(): Promise<boolean> {
    return new Promise((resolve) => {
      const cancel = this.#clock.after(pauseMs, () => {
        this.#giveUp = this.#giveUp.filter((other) => other !== giveUp);
        resolve(true);
      });
      const giveUp = (): void => {
        cancel();
        resolve(false);
      };
      this.#giveUp.push(giveUp);
    });
  }
}
