/**
 * Collects items and handles them together: while one batch is under way, the next one grows. Each promise,
 * commit and message is paid once for many.
 */
export class Batcher<T> {
  readonly #handle: (items: readonly T[]) => Promise<void>;
  readonly #sizeMax: number;
  #waiting: T[] = [];
  #running: Promise<void> | undefined;

  /** `handle` must not reject: it knows what a failure means for its items. */
  constructor(sizeMax: number, handle: (items: readonly T[]) => Promise<void>) {
    this.#sizeMax = sizeMax;
    this.#handle = handle;
  }

  get size(): number {
    return this.#waiting.length;
  }

  add(...items: readonly T[]): void {
    for (const item of items) this.#waiting.push(item);
    this.#running ??= this.#run();
  }

  /** Resolves when everything that was added is handled. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    // One turn later the rest of what arrives now is here as well.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, this.#sizeMax);
      this.#waiting = this.#waiting.slice(this.#sizeMax);
      await this.#handle(batch);
    }
    this.#running = undefined;
  }
}
