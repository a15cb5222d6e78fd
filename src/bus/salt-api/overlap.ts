import { createHash } from 'node:crypto';

/**
 * Takes every event once while two streams of the same bus are read: the one that ends with its token, and the
 * one that follows it. Both have the same events in the same order, each from its own beginning on.
 */
export class Overlap {
  /** By event: how often the old stream has had it more often than the new one. */
  readonly #ahead = new Map<string, number>();
  #met = false;

  /** Whether both streams have had the same event, so that nothing lies between them. */
  get met(): boolean {
    return this.#met;
  }

  /** Whether this stream is the first to bring the event. */
  takes(from: 'old' | 'new', text: string): boolean {
    const key = createHash('sha1').update(text).digest('base64');
    const step = from === 'old' ? 1 : -1;
    const before = this.#ahead.get(key) ?? 0;
    const repeated = before * step < 0;
    if (before + step === 0) this.#ahead.delete(key);
    else this.#ahead.set(key, before + step);
    this.#met ||= repeated;
    return !repeated;
  }
}
