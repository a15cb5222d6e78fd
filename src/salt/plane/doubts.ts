import type { EventLog } from '../../core/index.ts';
import type { CallBook } from '../source/book.ts';
import { LimitedMap } from '../source/limited-map.ts';
import { holds } from '../source/log-search.ts';
import { jidMs } from '../source/stamps.ts';

export interface DoubtsOptions {
  readonly book: CallBook;
  readonly log: EventLog;
  /** Where the master's jobs can be looked up; it answers undefined when it may not be asked. */
  readonly cache: { has(jid: string): Promise<boolean | undefined> } | undefined;
  /** Reactions with a smaller job id were decided before this process began. */
  readonly firstJid: string;
}

const kept = 100_000;
const slackMs = 5000;

/**
 * Which attempts may have been made already: those of this process that got no answer, and every one that an
 * earlier process may have made. Before such a one is made again, it is looked for.
 */
export class Doubts {
  readonly #options: DoubtsOptions;
  /** By jid: when the attempt was made that got no answer. */
  readonly #open = new LimitedMap<number>(kept);

  constructor(options: DoubtsOptions) {
    this.#options = options;
  }

  add(jid: string, nowMs: number): void {
    if (!this.#open.has(jid)) this.#open.set(jid, nowMs);
  }

  /** Since when an attempt may have been made; undefined when there was none. */
  sinceMs(jid: string): number | undefined {
    return this.#open.get(jid) ?? (jid < this.#options.firstJid ? jidMs(jid) : undefined);
  }

  /** The same for attempts of this process only. */
  ownSinceMs(jid: string): number | undefined {
    return this.#open.get(jid);
  }

  /** Whether the master has taken a call of this id: it was seen on the bus, or its job cache has it. */
  async wasTaken(jid: string, kind: 'job' | 'wheel'): Promise<boolean> {
    const { book, log, cache } = this.#options;
    if (this.sinceMs(jid) === undefined) return false;
    if (book.hasBegun(jid)) return true;
    // What the cache does not have was not taken; reading the log is for masters that keep jobs elsewhere.
    const taken = kind === 'job' ? await cache?.has(jid) : undefined;
    if (taken !== undefined) return taken;
    return holds(log, jidMs(jid) - slackMs, `salt/${kind}/${jid}/new`);
  }

  /** Whether exactly this event is on the bus already. */
  wasFired(jid: string, tag: string, data: Uint8Array): boolean {
    return this.sinceMs(jid) !== undefined && holds(this.#options.log, jidMs(jid) - slackMs, tag, data);
  }
}
