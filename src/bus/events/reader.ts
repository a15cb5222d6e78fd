import { BrineError, type Clock, type EventLog } from '../../core/index.ts';
import type { BusMessage, LinkServer } from '../types.ts';
import { packCut, packEvents, packGap, type SubscribeRequest } from './messages.ts';
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
    const allowed = messages.slice(0, this.#credit);
    for (const push of inPushes(allowed)) {
      if (this.#gone) return;
      if (!(await this.#push(push))) {
        this.#gone = true;
        return;
      }
      this.#credit -= push.length;
      const last = push.at(-1);
      if (last !== undefined) this.#next = last.kind === 'gap' ? last.toSeq + 1 : last.nextSeq;
    }
    if (allowed.length < messages.length) return;
    this.#next = nextSeq;
    // A filter that lets little through must not hold up everybody else.
    if (messages.length === 0) await new Promise((resolve) => setImmediate(resolve));
  }

  #push(messages: readonly BusMessage[]): Promise<boolean> {
    const [first] = messages;
    if (first?.kind === 'gap') return this.#link.push(this.peer, 'gap', packGap(this.#id, first));
    const { payload, batches } = packEvents(this.#id, messages.filter(isEvents));
    return this.#link.push(this.peer, 'events', payload, batches);
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

/** Batches of events that follow each other go together: each push costs more than what it carries. */
function inPushes(messages: readonly BusMessage[]): BusMessage[][] {
  const pushes: BusMessage[][] = [];
  for (const message of messages) {
    const last = pushes.at(-1);
    if (last !== undefined && last[0]?.kind === 'events' && message.kind === 'events') last.push(message);
    else pushes.push([message]);
  }
  return pushes;
}

function isEvents(message: BusMessage): message is Extract<BusMessage, { kind: 'events' }> {
  return message.kind === 'events';
}

function startOf(request: SubscribeRequest, log: EventLog): number {
  if (request.log !== '' && request.log !== log.id) return log.oldestSeq();
  return request.from === null ? log.nextSeq() : Math.max(1, Math.min(request.from, log.nextSeq()));
}
