import { BrineError } from './errors.ts';
import type { Clock } from './ports.ts';

/**
 * What a process opened, and how each piece is closed. `run` closes backwards, once, under one deadline,
 * goes on when a piece fails, and throws the failures together. A failed start uses the same list.
 */
export class UndoList {
  readonly #entries: { name: string; undo: () => void | Promise<void> }[] = [];
  #running: Promise<void> | undefined;

  add(name: string, undo: () => void | Promise<void>): void {
    this.#entries.push({ name, undo });
  }

  run(clock: Clock, deadlineMs: number): Promise<void> {
    this.#running ??= this.#runAll(clock, deadlineMs);
    return this.#running;
  }

  async #runAll(clock: Clock, deadlineMs: number): Promise<void> {
    const failures: Error[] = [];
    const endMs = clock.monotonicMs() + deadlineMs;
    for (const { name, undo } of this.#entries.toReversed()) {
      try {
        await within(clock, Math.max(1, endMs - clock.monotonicMs()), name, undo);
      } catch (cause) {
        failures.push(new Error(`stopping ${name} failed`, { cause }));
      }
    }
    if (failures.length > 0)
      throw new AggregateError(failures, failures.map((failure) => failure.message).join('; '));
  }
}

function within(
  clock: Clock,
  limitMs: number,
  name: string,
  work: () => void | Promise<void>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(limitMs, () => {
      reject(new BrineError('TIMEOUT', `${name} did not stop within ${Math.round(limitMs)} ms.`));
    });
    Promise.resolve().then(work).then(resolve, reject).finally(cancel);
  });
}
