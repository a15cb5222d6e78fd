import type { ReactorStore } from '../../core/index.ts';

const key = 'waiting';

/**
 * The events that the cursor has gone past and that are not decided yet, kept in the reactor's state: a reactor that
 * is killed while they wait for answers reads the log again from the first of them, and decides those alone.
 */
export class Unfinished {
  readonly #saved: readonly string[];
  #written: string;
  /** Events of an earlier process that are still to be read again; what lies before `until` beside them is decided. */
  #again: { readonly until: number; readonly seqs: Set<number>; readonly logId: string } | null = null;

  constructor(store: Pick<ReactorStore, 'state'>) {
    const bytes = store.state(key);
    this.#written = bytes === undefined ? '[]' : new TextDecoder().decode(bytes);
    this.#saved = JSON.parse(this.#written) as string[];
  }

  /** Where to read a log from whose cursor is `cursor`. Call once, before anything of it is read. */
  startAt(logId: string, cursor: number): number {
    const seqs = this.#saved.flatMap((event) => {
      const dash = event.lastIndexOf('-');
      return event.slice(0, dash) === logId ? [Number(event.slice(dash + 1))] : [];
    });
    if (seqs.length === 0) return cursor;
    this.#again = { until: cursor, seqs: new Set(seqs), logId };
    return Math.min(cursor, ...seqs);
  }

  isDecided(seq: number): boolean {
    return this.#again !== null && seq < this.#again.until && !this.#again.seqs.has(seq);
  }

  /** Takes note of how far was read; the result is the cursor to store. */
  read(logId: string, nextSeq: number): number {
    const again = this.#again;
    if (again === null) return nextSeq;
    if (again.logId !== logId || nextSeq >= again.until) {
      this.#again = null;
      return nextSeq;
    }
    for (const seq of again.seqs) if (seq < nextSeq) again.seqs.delete(seq);
    return again.until;
  }

  /** The state to store when these events wait, or nothing when it is stored already. */
  changed(waiting: readonly string[]): readonly (readonly [string, Uint8Array])[] {
    const again = this.#again;
    const unread = again === null ? [] : Array.from(again.seqs, (seq) => `${again.logId}-${seq}`);
    if (waiting.length + unread.length === 0 && this.#written === '[]') return [];
    const text = JSON.stringify([...waiting, ...unread]);
    if (text === this.#written) return [];
    this.#written = text;
    return [[key, new TextEncoder().encode(text)]];
  }
}
