import { countOf, type EventLog, isBrineError, type NewEvents, type Telemetry } from '../../core/index.ts';
import type { PublishAck } from '../types.ts';
import { checkEvents, overloaded, reportRefused } from './intake.ts';

export interface DoorOptions {
  readonly telemetry: Telemetry;
  /** Longest encoded data of one event. */
  readonly eventBytesMax: number;
  /** Events that may wait for the log; a publish that would exceed it is refused whole. */
  readonly queueEventsMax: number;
}

/**
 * The door of a log, which writes together what comes together. What waits for it is bounded, and what was taken is
 * acknowledged only once it is in the log.
 */
export class Door {
  readonly #log: EventLog;
  readonly #options: DoorOptions;
  #queued = 0;
  published = 0;
  refused = 0;
  /** What was refused, by error code. */
  readonly refusedBy: Record<string, number> = {};

  constructor(log: EventLog, options: DoorOptions) {
    this.#log = log;
    this.#options = options;
  }

  get queued(): number {
    return this.#queued;
  }

  /** Takes the good events and names the others. Throws OVERLOADED, or what the log throws. */
  async publish(events: NewEvents): Promise<PublishAck> {
    const { telemetry, eventBytesMax } = this.#options;
    const { good, refused } = checkEvents(events, eventBytesMax);
    for (const { code } of refused) this.#refuse(code, 1);
    if (refused.length > 0) reportRefused(telemetry, refused);
    if (good.tags.length === 0) return { firstSeq: this.#log.nextSeq(), accepted: 0, refused };
    return { ...(await this.publishSound(good)), refused };
  }

  /** The same for events that are known to be good. */
  async publishSound(events: NewEvents): Promise<PublishAck> {
    const { telemetry, queueEventsMax } = this.#options;
    const accepted = countOf(events);
    if (this.#queued > 0 && this.#queued + accepted > queueEventsMax) {
      this.#refuse('OVERLOADED', accepted);
      telemetry.emit({ kind: 'bus.refused', count: accepted, code: 'OVERLOADED' });
      throw overloaded(this.#queued, queueEventsMax);
    }
    const firstSeq = await this.#append(events, accepted);
    return { firstSeq, accepted, refused: [] };
  }

  #refuse(code: string, count: number): void {
    this.refused += count;
    this.refusedBy[code] = (this.refusedBy[code] ?? 0) + count;
  }

  async #append(group: NewEvents, count: number): Promise<number> {
    this.#queued += count;
    try {
      const [firstSeq = 0] = await this.#log.append([group]);
      this.published += count;
      this.#options.telemetry.emit({ kind: 'bus.published', count });
      return firstSeq;
    } catch (error) {
      this.#refuse(isBrineError(error) ? error.code : 'FAILED', count);
      throw error;
    } finally {
      this.#queued -= count;
    }
  }
}
