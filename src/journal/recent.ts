import { countOf, type EventBatch, tailOf } from '../core/index.ts';
import type { EncodedBatch } from './staging.ts';

/**
 * Readers that follow closely take a batch within milliseconds. What is kept longer as objects would outlive
 * collections of young ones, and cost the more.
 */
const looseBytesMax = 256 * 1024;

/** The newest durable batches of a log without a hole; the very newest as they were before they were encoded. */
export class Recent {
  readonly #bytesMax: number;
  #batches: EncodedBatch[] = [];
  #bytes = 0;
  readonly #loose: EncodedBatch[] = [];
  #looseBytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  add(batch: EncodedBatch): void {
    this.#batches.push(batch);
    this.#bytes += batch.encoded.length;
    let surplus = 0;
    while (this.#bytes > this.#bytesMax && surplus < this.#batches.length) {
      this.#bytes -= this.#batches[surplus]?.encoded.length ?? 0;
      surplus += 1;
    }
    if (surplus > 0) this.#batches.splice(0, surplus);
    this.#compact(batch);
  }

  #compact(newest: EncodedBatch): void {
    this.#loose.push(newest);
    this.#looseBytes += newest.encoded.length;
    while (this.#looseBytes > looseBytesMax) {
      const batch = this.#loose.shift();
      if (batch === undefined) break;
      this.#looseBytes -= batch.encoded.length;
      batch.compact();
    }
  }

  /** Drops batches that hold events up to this one. */
  forget(upToSeq: number): void {
    this.#batches = this.#batches.filter(({ firstSeq }) => firstSeq > upToSeq);
    this.#bytes = this.#batches.reduce((sum, { encoded }) => sum + encoded.length, 0);
  }

  /** Events from `fromSeq` on, or undefined when some of them are only in the log. */
  read(fromSeq: number, bytesMax: number): EventBatch[] | undefined {
    let index = this.#batches.length - 1;
    while (index >= 0 && (this.#batches[index]?.firstSeq ?? 0) > fromSeq) index -= 1;
    if (index < 0) return undefined;
    const found: EventBatch[] = [];
    let bytes = 0;
    for (; index < this.#batches.length && bytes < bytesMax; index += 1) {
      const batch = this.#batches[index];
      if (batch === undefined) break;
      const tail = tailOf(batch, fromSeq);
      if (countOf(tail) > 0) found.push(tail);
      bytes += batch.encoded.length;
    }
    return found;
  }
}
