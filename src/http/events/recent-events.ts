import type { EventBatch } from '../../core/index.ts';

/** Some events in a row: `batch` holds those from `firstSeq` up to before `nextSeq`. */
export interface Segment {
  readonly firstSeq: number;
  readonly nextSeq: number;
  readonly batch: EventBatch;
  readonly bytes: number;
}

const bytesMax = 16 << 20;
const segmentsMax = 20_000;
/** What an event costs beside its data. */
const overheadBytes = 200;

/** The newest events of the log, as many as fit a fixed number of bytes. */
export class RecentEvents {
  #segments: Segment[] = [];
  /** Segments before this index are dropped; they are cut off now and then. */
  #first = 0;
  #bytes = 0;
  #head: number | undefined;

  /** The sequence number that the next event will have; undefined while it is not known. */
  get head(): number | undefined {
    return this.#head;
  }

  /** The oldest event that is here, or the head when none is. */
  get oldest(): number {
    return this.#segments[this.#first]?.firstSeq ?? this.#head ?? 0;
  }

  startAt(seq: number): void {
    this.#segments = [];
    this.#first = 0;
    this.#bytes = 0;
    this.#head = seq;
  }

  add(batch: EventBatch, nextSeq: number): Segment {
    const bytes = batch.bodies.reduce((sum, body) => sum + body.length + overheadBytes, 0);
    const segment = { firstSeq: batch.firstSeq, nextSeq, batch, bytes };
    this.#segments.push(segment);
    this.#bytes += bytes;
    this.#head = nextSeq;
    while (this.#tooMuch()) {
      this.#bytes -= this.#segments[this.#first]?.bytes ?? 0;
      this.#first += 1;
    }
    if (this.#first > 1000) {
      this.#segments = this.#segments.slice(this.#first);
      this.#first = 0;
    }
    return segment;
  }

  /** The segment with this event; undefined when it is not here, or not yet. */
  at(seq: number): Segment | undefined {
    let low = this.#first;
    let high = this.#segments.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const segment = this.#segments[middle] as Segment;
      if (seq < segment.firstSeq) high = middle - 1;
      else if (seq >= segment.nextSeq) low = middle + 1;
      else return segment;
    }
    return undefined;
  }

  #tooMuch(): boolean {
    const count = this.#segments.length - this.#first;
    return count > 1 && (this.#bytes > bytesMax || count > segmentsMax);
  }
}
