import { type MatchType, tagTest } from './match-type.ts';
import type { TaggedEvent } from './types.ts';

/** Events that a script said it will ask for later. */
export class PendingEvents {
  readonly #limit: number;
  #subscriptions: { search: string; matchType: MatchType; test: (tag: string) => boolean }[] = [];
  #events: TaggedEvent[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  subscribe(search: string, matchType: MatchType): void {
    this.#subscriptions.push({ search, matchType, test: tagTest(search, matchType) });
  }

  /** Removes one subscription of the kind and forgets the events that nobody waits for any more. */
  unsubscribe(search: string, matchType: MatchType): void {
    const index = this.#subscriptions.findIndex(
      (entry) => entry.search === search && entry.matchType === matchType,
    );
    if (index < 0) return;
    this.#subscriptions.splice(index, 1);
    this.#events = this.#events.filter((event) => this.covers(event.tag));
  }

  covers(tag: string): boolean {
    return this.#subscriptions.some((entry) => entry.test(tag));
  }

  /** Keeps an event; true when the oldest one had to go for it. */
  keep(event: TaggedEvent): boolean {
    this.#events.push(event);
    if (this.#events.length <= this.#limit) return false;
    this.#events.shift();
    return true;
  }

  /** Takes the oldest kept event that passes, or null. */
  take(test: (tag: string) => boolean): TaggedEvent | null {
    const index = this.#events.findIndex((event) => test(event.tag));
    return index < 0 ? null : (this.#events.splice(index, 1)[0] ?? null);
  }
}
