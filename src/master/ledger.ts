import { encodeEvents } from '../bus/index.ts';
import { BrineError, type Clock, type NewEvents, type OutgoingEvent } from '../core/index.ts';
import type { LoggedStore, StoreChange } from '../journal/index.ts';

export interface LedgerOptions {
  readonly journal: Pick<LoggedStore, 'record'>;
  readonly clock: Clock;
  /** Events that may wait for the disk. */
  readonly queueEventsMax: number;
  /** Longest event, in bytes of its data. */
  readonly eventBytesMax: number;
}

/**
 * Changes of the master's tables together with the events that announce them, in one transaction: what is
 * recorded is announced. Callers of the same moment share a transaction.
 */
export class Ledger {
  readonly #options: LedgerOptions;
  readonly #underWay = new Set<Promise<unknown>>();
  #waitingEvents = 0;
  #closed = false;

  constructor(options: LedgerOptions) {
    this.#options = options;
  }

  /**
   * Resolves when the changes and the events are durable. Throws BAD_EVENT, EVENT_TOO_LARGE, OVERLOADED,
   * DISK_FULL, STOPPING; then nothing of it is recorded.
   */
  async record(changes: readonly StoreChange[], events: readonly OutgoingEvent[]): Promise<void> {
    const { journal, queueEventsMax, eventBytesMax, clock } = this.#options;
    if (this.#closed) throw new BrineError('STOPPING', 'The master is stopping.');
    if (this.#waitingEvents > 0 && this.#waitingEvents + events.length > queueEventsMax)
      throw new BrineError('OVERLOADED', 'Too much waits for the disk; try again.');
    const encoded = encodeEvents(events, clock.nowMs());
    checkSizes(encoded, eventBytesMax);
    this.#waitingEvents += events.length;
    const recorded = journal.record(changes, events.length === 0 ? [] : [encoded]);
    this.#underWay.add(recorded);
    try {
      await recorded;
    } finally {
      this.#underWay.delete(recorded);
      this.#waitingEvents -= events.length;
    }
  }

  /** Events that wait for the disk. */
  get waiting(): number {
    return this.#waitingEvents;
  }

  /** Refuses what comes from now on and waits for what is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#underWay);
  }
}

function checkSizes({ tags, bodies }: NewEvents, bytesMax: number): void {
  const index = bodies.findIndex((body) => body.length > bytesMax);
  if (index < 0) return;
  const bytes = bodies[index]?.length ?? 0;
  throw new BrineError(
    'EVENT_TOO_LARGE',
    `The event ${tags[index] ?? ''} has ${bytes} bytes; ${bytesMax} are allowed.`,
    { fields: { bytes, bytesMax } },
  );
}
