import { type Clock, type EventBatch, type EventLog, type NewEvents, tailOf } from '../../core/index.ts';

export interface MemoryLogOptions {
  /** Names the log; part of every event id. */
  readonly id: string;
  /** Events to keep; older ones are trimmed. */
  readonly eventsMax: number;
  readonly clock: Clock;
}

/** A log in memory, for the bus of a minion and for tests. "Durable" means only that it is in the log. */
export function memoryLog(options: MemoryLogOptions): EventLog {
  return new MemoryLog(options);
}

class MemoryLog implements EventLog {
  readonly id: string;
  readonly #eventsMax: number;
  readonly #clock: Clock;
  readonly #listeners = new Set<() => void>();
  #batches: EventBatch[] = [];
  #next = 1;
  #oldest = 1;

  constructor(options: MemoryLogOptions) {
    this.id = options.id;
    this.#eventsMax = options.eventsMax;
    this.#clock = options.clock;
  }

  append(groups: readonly NewEvents[]): Promise<number[]> {
    const atMs = this.#clock.nowMs();
    const firsts = groups.map((group) => this.#add(group, atMs));
    this.#trim();
    for (const listener of this.#listeners) listener();
    return Promise.resolve(firsts);
  }

  #add({ tags, bodies, heads }: NewEvents, atMs: number): number {
    const firstSeq = this.#next;
    if (tags.length > 0) this.#batches.push({ firstSeq, atMs, tags, bodies, heads });
    this.#next += tags.length;
    return firstSeq;
  }

  /** Whole batches only; a batch still in use keeps its memory, so dropping half of one would free nothing. */
  #trim(): void {
    let drop = 0;
    while (drop < this.#batches.length - 1 && this.#next - this.#startOf(drop + 1) >= this.#eventsMax)
      drop += 1;
    if (drop === 0) return;
    this.#batches = this.#batches.slice(drop);
    this.#oldest = this.#startOf(0);
  }

  #startOf(index: number): number {
    return this.#batches[index]?.firstSeq ?? this.#next;
  }

  read(fromSeq: number, bytesMax: number): EventBatch[] {
    const found: EventBatch[] = [];
    let bytes = 0;
    for (let index = this.#indexOf(fromSeq); index < this.#batches.length && bytes < bytesMax; index += 1) {
      const batch = this.#batches[index] as EventBatch;
      found.push(batch);
      for (const body of batch.bodies) bytes += body.length;
    }
    const first = found[0];
    if (first !== undefined && first.firstSeq < fromSeq) found[0] = tailOf(first, fromSeq);
    return found;
  }

  /** The batch that holds `seq`, or the first behind it. */
  #indexOf(seq: number): number {
    let [low, high] = [0, this.#batches.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#startOf(middle + 1) <= seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  nextSeq(): number {
    return this.#next;
  }

  oldestSeq(): number {
    return this.#oldest;
  }

  seqAt(atMs: number): number {
    return this.#batches.find((batch) => batch.atMs >= atMs)?.firstSeq ?? this.#next;
  }

  onAppend(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
