import type { OutboxEntry } from '../core/index.ts';

interface Waiting {
  readonly entry: OutboxEntry;
  readonly dueMs: number;
}

/** Entries that may not be tried yet, ordered by when they may, on the clock that never jumps. */
export class WaitingList {
  readonly #entries: Waiting[] = [];

  get size(): number {
    return this.#entries.length;
  }

  /** When the first one is due, or undefined when none waits. */
  get nextMs(): number | undefined {
    return this.#entries[0]?.dueMs;
  }

  add(entry: OutboxEntry, dueMs: number): void {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#entries[middle]?.dueMs ?? 0) <= dueMs) low = middle + 1;
      else high = middle;
    }
    this.#entries.splice(low, 0, { entry, dueMs });
  }

  /** Takes out all that are due. */
  takeDue(nowMs: number): OutboxEntry[] {
    const later = this.#entries.findIndex(({ dueMs }) => dueMs > nowMs);
    const due = this.#entries.splice(0, later === -1 ? this.#entries.length : later);
    return due.map(({ entry }) => entry);
  }
}
