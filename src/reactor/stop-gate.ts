/**
 * Waits that end when something stops. Racing each wait against one promise that lives as long as the process would
 * leave something behind on that promise each time.
 */
export class StopGate {
  readonly #waits = new Set<() => void>();
  #closed = false;

  /** What the work gives, or undefined as soon as the gate is closed. */
  orStopped<T>(work: Promise<T>): Promise<T | undefined> {
    if (this.#closed) {
      work.catch(() => undefined);
      return Promise.resolve(undefined);
    }
    return new Promise((resolve, reject) => {
      const giveUp = (): void => resolve(undefined);
      this.#waits.add(giveUp);
      work.then(
        (value) => {
          this.#waits.delete(giveUp);
          resolve(value);
        },
        (error: unknown) => {
          this.#waits.delete(giveUp);
          reject(error as Error);
        },
      );
    });
  }

  /** Waits that are under way. */
  get waits(): number {
    return this.#waits.size;
  }

  close(): void {
    this.#closed = true;
    for (const giveUp of this.#waits) giveUp();
    this.#waits.clear();
  }
}
