import {
  type Clock,
  isBrineError,
  messageOf,
  type Telemetry,
  toJson,
  type ValueMap,
} from '../../core/index.ts';
import type { Spool, Spooled } from '../spool.ts';
import type { Session } from './session.ts';

/** Returns or events in one request. */
const batchMax = 512;
const retryMs = 2000;

/** Errors that say that trying again cannot help. */
const hopeless = ['BAD_EVENT', 'BAD_MESSAGE', 'BAD_ARGUMENT', 'EVENT_TOO_LARGE', 'UNSUPPORTED'] as const;

export interface OutboundOptions {
  readonly spool: Spool;
  readonly session: Session;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/** Brings what is in the spool to the master, oldest first, and removes what the master has recorded. */
export class Outbound {
  readonly #options: OutboundOptions;
  #running: Promise<void> | undefined;
  #more = false;
  #stopped = false;
  #cancelRetry: (() => void) | undefined;

  constructor(options: OutboundOptions) {
    this.#options = options;
  }

  /** Something is in the spool, or the master is back. */
  wake(): void {
    this.#more = true;
    if (!this.#stopped) this.#running ??= this.#run();
  }

  /** Gives what is in the spool a last chance to leave. */
  async drain(limitMs: number): Promise<void> {
    let cancel = (): void => undefined;
    const limit = new Promise<void>((resolve) => {
      cancel = this.#options.clock.after(limitMs, resolve);
    });
    await Promise.race([this.#running, limit]);
    cancel();
    this.#stopped = true;
    this.#cancelRetry?.();
  }

  /** Resolves when nothing is under way any more; the session must be stopped before. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    // Without this turn a run that finds nothing to do would end before it is known as the one under way.
    await Promise.resolve();
    try {
      while (this.#more && !this.#stopped && this.#options.session.attached) {
        this.#more = false;
        // A job's events are there before its return, as its master expects.
        const sent = (await this.#send('events')) + (await this.#send('returns'));
        if (sent > 0) this.#more = true;
      }
    } catch (error) {
      this.#failed(error);
    }
    this.#running = undefined;
  }

  async #send(table: 'events' | 'returns'): Promise<number> {
    const { spool } = this.#options;
    const batch = spool.waiting(table, batchMax);
    if (batch.length === 0) return 0;
    try {
      await this.#request(table, batch);
    } catch (error) {
      if (!isHopeless(error)) throw error;
      await this.#oneByOne(table, batch);
    }
    await spool.settle(
      table,
      batch.map((item) => item.key),
    );
    return batch.length;
  }

  /** One bad one must not hold up the others: it is dropped, and said so. */
  async #oneByOne(table: 'events' | 'returns', batch: readonly Spooled[]): Promise<void> {
    for (const item of batch) {
      try {
        await this.#request(table, [item]);
      } catch (error) {
        if (!isHopeless(error)) throw error;
        const message = `The master refused one of the ${table}: ${messageOf(error)}`;
        this.#options.telemetry.emit({ kind: 'unexpected', where: 'minion spool', message });
      }
    }
  }

  async #request(table: 'events' | 'returns', batch: readonly Spooled[]): Promise<void> {
    const values = batch.map((item) => item.value);
    if (table === 'events')
      this.#tellRefused(await this.#options.session.request('event', { events: values }));
    else await this.#options.session.request('ret', { returns: values });
  }

  /** Tags that belong to the master or to another minion: sending them again would not help. */
  #tellRefused(reply: ValueMap): void {
    const refused = reply.get('refused');
    if (!Array.isArray(refused)) return;
    this.#options.telemetry.emit({ kind: 'bus.refused', count: refused.length, code: 'KEY_REFUSED' });
    const message = `The master refused events: ${toJson(refused.slice(0, 5))}`;
    this.#options.telemetry.emit({ kind: 'unexpected', where: 'minion spool', message });
  }

  #failed(error: unknown): void {
    const { session, clock } = this.#options;
    // Anything but silence or overload means that this token is worth nothing.
    if (
      !isBrineError(error, 'TIMEOUT') &&
      !isBrineError(error, 'OVERLOADED') &&
      !isBrineError(error, 'DISK_FULL')
    )
      session.detached(messageOf(error));
    this.#more = true;
    this.#cancelRetry?.();
    if (!this.#stopped) this.#cancelRetry = clock.after(retryMs, () => this.wake());
  }
}

function isHopeless(error: unknown): boolean {
  return hopeless.some((code) => isBrineError(error, code));
}
