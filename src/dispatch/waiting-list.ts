import type { OutboxEntry } from '../core/index.ts';

/** Entries that may not be tried yet, ordered by when they may. */
export class WaitingList {
  readonly #entries: OutboxEntry[] = [];

  get size(): number {
    return this.#entries.length;
  }

  /** When the first one is due, or undefined when none waits. */
  get nextMs(): number | undefined {
    return this.#entries[0]?.notBeforeMs;
  }

  add(entry: OutboxEntry): void {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#entries[middle]?.notBeforeMs ?? 0) <= entry.notBeforeMs) low = middle + 1;
      else high = middle;
    }
    this.#entries.splice(low, 0, entry);
  }

  /** Takes out all that are due. */
  takeDue(nowMs: number): OutboxEntry[] {
    const later = this.#entries.findIndex((entry) => entry.notBeforeMs > nowMs);
    return this.#entries.splice(0, later === -1 ? this.#entries.length : later);
  }

  [Symbol.iterator](): Iterator<OutboxEntry> {
    return this.#entries[Symbol.iterator]();
  }
}
