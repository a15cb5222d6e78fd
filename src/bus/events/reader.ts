import { BrineError, type Clock, type EventLog } from '../../core/index.ts';
import type { LinkServer } from '../types.ts';
import { packCut, packMessage, type SubscribeRequest } from './messages.ts';
import { selectFrom } from './select.ts';

/** More would let a peer make the server fill its memory with messages that nobody takes. */
const creditMax = 1024;

/** Looking whether events wait for a reader must not hold up everybody else; the next look goes on. */
const readsPerLook = 16;

/**
 * A reader as the server sees it: a place in the log and how many more messages it may be sent. It holds
 * no events. Without credit it is not served and only its place is kept.
 */
export class Reader {
  readonly peer: string;
  readonly name: string;
  readonly #id: string;
  readonly #prefixes: readonly string[];
  readonly #link: LinkServer;
  readonly #log: EventLog;
  readonly #clock: Clock;
  #next: number;
  #credit: number;
  /** Since when events wait that may not be sent; undefined while none do. */
  #stalledSinceMs: number | undefined;
  #serving = false;
  #gone = false;

  constructor(peer: string, request: SubscribeRequest, link: LinkServer, log: EventLog, clock: Clock) {
    this.peer = peer;
    this.name = request.name;
    this.#id = request.reader;
    this.#prefixes = request.prefixes;
    this.#link = link;
    this.#log = log;
    this.#clock = clock;
    this.#credit = Math.min(request.credit, creditMax);
    this.#next = startOf(request, log);
  }

  get lag(): number {
    return Math.max(0, this.#log.nextSeq() - this.#next);
  }

  /** True once the peer turned out to be gone or not to take what it asked for. */
  get gone(): boolean {
    return this.#gone;
  }

  grant(credit: number): void {
    if (credit === 0) return;
    this.#credit = Math.min(this.#credit + credit, creditMax);
    this.#stalledSinceMs = undefined;
  }

  stop(): void {
    this.#gone = true;
  }

  /** Sends what the log has and the credit allows. */
  async serve(): Promise<void> {
    if (this.#serving) return;
    this.#serving = true;
    while (!this.#gone && this.#credit > 0 && this.#next < this.#log.nextSeq()) await this.#serveOnce();
    this.#serving = false;
  }

  async #serveOnce(): Promise<void> {
    const from = this.#next;
    const { messages, nextSeq } = selectFrom(this.#log, from, this.#prefixes);
    if (nextSeq === from) throw new BrineError('JOURNAL_DAMAGED', `The log has no event ${from}.`);
    for (const message of messages) {
      if (this.#gone || this.#credit === 0) return;
      const { verb, payload } = packMessage(this.#id, message);
      if (!(await this.#link.push(this.peer, verb, payload))) {
        this.#gone = true;
        return;
      }
      this.#credit -= 1;
      this.#next = message.kind === 'gap' ? message.toSeq + 1 : message.nextSeq;
    }
    this.#next = nextSeq;
    // A filter that lets little through must not hold up everybody else.
    if (messages.length === 0) await new Promise((resolve) => setImmediate(resolve));
  }

  /** What `stalledMs` last found, without looking into the log. */
  get waitedMs(): number {
    return this.#stalledSinceMs === undefined ? 0 : this.#clock.monotonicMs() - this.#stalledSinceMs;
  }

  /** How long events have waited for credit, in milliseconds. */
  stalledMs(): number {
    if (this.#credit > 0 || this.#serving || !this.#eventsWait()) this.#stalledSinceMs = undefined;
    else this.#stalledSinceMs ??= this.#clock.monotonicMs();
    return this.waitedMs;
  }

  /** Events that the filter leaves out make nobody a slow reader, so they are passed over here. */
  #eventsWait(): boolean {
    for (let reads = 0; reads < readsPerLook && this.#next < this.#log.nextSeq(); reads += 1) {
      const { messages, nextSeq } = selectFrom(this.#log, this.#next, this.#prefixes);
      if (messages.length > 0 || nextSeq === this.#next) return true;
      this.#next = nextSeq;
    }
    return false;
  }

  async cut(reason: string): Promise<void> {
    this.#gone = true;
    await this.#link.push(this.peer, 'cut', packCut(this.#id, reason));
  }

  /** Asks ZeroMQ whether the peer is still there, by sending it something that it ignores. */
  async probe(): Promise<void> {
    if (!(await this.#link.push(this.peer, 'probe', packCut(this.#id, '')))) this.#gone = true;
  }
}

function startOf(request: SubscribeRequest, log: EventLog): number {
  if (request.log !== '' && request.log !== log.id) return log.oldestSeq();
  return request.from === null ? log.nextSeq() : Math.max(1, Math.min(request.from, log.nextSeq()));
}
