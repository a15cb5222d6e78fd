import type { Clock, EventHead, EventLog, NewEvents } from '../../core/index.ts';

/** One event on its way into the log. */
export interface Incoming {
  readonly tag: string;
  readonly data: Uint8Array;
  readonly head: EventHead | null;
}

export interface IntakeOptions {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly eventsMax: number;
  readonly bytesMax: number;
  /** How events that were dropped are told where they are missing. */
  readonly lostEvent: (count: number, fromMs: number, toMs: number) => Incoming;
  readonly stored: (count: number) => void;
  readonly failed: (error: unknown) => void;
}

const retryMs = 1000;

interface Lost {
  count: number;
  fromMs: number;
  toMs: number;
}

/**
 * Takes events without waiting and writes them into the log, many at once. What does not fit into memory
 * while the log is slow or its disk is full is counted, and the log says so at the place where it is missing.
 */
export class Intake {
  readonly #options: IntakeOptions;
  #waiting: Incoming[] = [];
  #bytes = 0;
  #lost: Lost | undefined;
  #writing: Promise<void> | undefined;
  #cancelPause: () => void = () => undefined;
  #closing = false;

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  add(event: Incoming): void {
    const { eventsMax, bytesMax, clock } = this.#options;
    const full = this.#waiting.length >= eventsMax || this.#bytes + event.data.length > bytesMax;
    if (full || this.#lost !== undefined) {
      const nowMs = clock.nowMs();
      this.#lost ??= { count: 0, fromMs: nowMs, toMs: nowMs };
      this.#lost.count += 1;
      this.#lost.toMs = nowMs;
      return;
    }
    this.#waiting.push(event);
    this.#bytes += event.data.length;
    this.#writing ??= this.#write();
  }

  /** Resolves when what was taken is in the log, or cannot be stored. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#cancelPause();
    await this.#writing;
  }

  async #write(): Promise<void> {
    // What arrives in the same turn goes together.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const taken = this.#waiting;
      const bytes = this.#bytes;
      if (this.#lost !== undefined) {
        taken.push(this.#options.lostEvent(this.#lost.count, this.#lost.fromMs, this.#lost.toMs));
        this.#lost = undefined;
      }
      this.#waiting = [];
      this.#bytes = 0;
      if (await this.#append(taken)) continue;
      if (this.#closing) break;
      this.#waiting = [...taken, ...this.#waiting];
      this.#bytes += bytes;
      await this.#pause();
    }
    this.#writing = undefined;
  }

  async #append(events: readonly Incoming[]): Promise<boolean> {
    try {
      await this.#options.log.append([groupOf(events)]);
      this.#options.stored(events.length);
      return true;
    } catch (error) {
      this.#options.failed(error);
      return false;
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(retryMs, resolve);
      this.#cancelPause = () => {
        cancel();
        resolve();
      };
      if (this.#closing) this.#cancelPause();
    });
  }
}

function groupOf(events: readonly Incoming[]): NewEvents {
  return {
    tags: events.map(({ tag }) => tag),
    bodies: events.map(({ data }) => data),
    heads: events.some(({ head }) => head !== null) ? events.map(({ head }) => head) : null,
  };
}
