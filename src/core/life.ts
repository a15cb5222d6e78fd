import { BrineError } from './errors.ts';
import type { Clock } from './ports.ts';
import { UndoList } from './undo.ts';

export interface LifeOptions<T> {
  readonly clock: Clock;
  readonly stopDeadlineMs: number;
  /** For messages: `The master`. */
  readonly name: string;
  /** Opens it; the list gets how each piece is closed, and is run when this throws. */
  readonly open: (undo: UndoList) => Promise<T>;
}

/** What is started once and stays stopped: a master, a minion, an API. */
export class Life<T> {
  readonly #options: LifeOptions<T>;
  readonly #undo = new UndoList();
  #starting: Promise<void> | undefined;
  #running: { readonly value: T } | undefined;

  constructor(options: LifeOptions<T>) {
    this.#options = options;
  }

  /** Throws what opening throws; then nothing stays open. */
  start(): Promise<void> {
    this.#starting ??= this.#start();
    return this.#starting;
  }

  /** Waits for a start that is under way. */
  async stop(): Promise<void> {
    await this.#starting?.catch(() => undefined);
    await this.#close();
  }

  /** What was opened; undefined before. */
  get opened(): T | undefined {
    return this.#running?.value;
  }

  /** What was opened. Throws NOT_RUNNING before it was. */
  get running(): T {
    if (this.#running === undefined)
      throw new BrineError('NOT_RUNNING', `${this.#options.name} has not been started.`);
    return this.#running.value;
  }

  async #start(): Promise<void> {
    try {
      this.#running = { value: await this.#options.open(this.#undo) };
    } catch (error) {
      await this.#close();
      throw error;
    }
  }

  #close(): Promise<void> {
    return this.#undo.run(this.#options.clock, this.#options.stopDeadlineMs);
  }
}
