import type { Clock } from '../core/index.ts';

const pauseMs = 10_000;

/** Forgets old records in small steps, so that no writer waits long: at once while there are more, else after a pause. */
export class Trimmer {
  readonly #clock: Clock;
  readonly #step: () => Promise<boolean>;
  #cancel: () => void = () => undefined;
  #stopped = false;

  /** `step` forgets some records and says whether there may be more. */
  constructor(clock: Clock, step: () => Promise<boolean>) {
    this.#clock = clock;
    this.#step = step;
  }

  start(): void {
    this.#later(0);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  #later(delayMs: number): void {
    if (this.#stopped) return;
    this.#cancel = this.#clock.after(delayMs, () => {
      this.#step().then(
        (more) => this.#later(more ? 0 : pauseMs),
        // The committer has reported it; a full disk may have room again later.
        () => this.#later(pauseMs),
      );
    });
  }
}
