import {
  BrineError,
  type Clock,
  type EventLog,
  messageOf,
  type NewEvents,
  type OutgoingEvent,
  type Telemetry,
} from '../../core/index.ts';
import { decodeBatch } from '../codec/batch.ts';
import { encodeUnchecked } from '../codec/data.ts';
import { takeOver, UnreadEvents } from '../codec/packed.ts';
import type { HeadFor, LinkRequest, LinkServer, PublishAck } from '../types.ts';
import { Door } from './door.ts';
import { withHeads } from './intake.ts';
import { nothing, packAck, packInfo, unpackCredit, unpackSubscribe } from './messages.ts';
import { Reader } from './reader.ts';

export interface ServeEventsOptions {
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Longest encoded data of one event. */
  readonly eventBytesMax: number;
  /** Events that may wait for the log before publishers are refused with OVERLOADED. */
  readonly queueEventsMax: number;
  /** The head of what a peer publishes; none unless given. */
  readonly headFor?: HeadFor;
  /** Take heads as the publisher gives them. Only for a bus whose publishers are this program. */
  readonly trustHeads?: boolean;
  /** Time after which a reader without credit is cut off while events wait; 30,000 unless given. */
  readonly stallMs?: number;
}

export interface EventServerStatus {
  readonly published: number;
  readonly refused: number;
  /** By error code. */
  readonly refusedBy: Readonly<Record<string, number>>;
  /** Events that wait for the log. */
  readonly queued: number;
  readonly readers: readonly {
    readonly name: string;
    readonly peer: string;
    readonly lag: number;
    /** How long events have waited for it to ask for more, in milliseconds. */
    readonly stalledMs: number;
  }[];
}

export interface EventServer {
  /** Publishes events of the bus's owner, with the heads that they carry. */
  append(events: readonly OutgoingEvent[]): Promise<PublishAck>;
  /** The same with events whose data is encoded. Throws OVERLOADED, and what the log throws. */
  publish(events: NewEvents): Promise<PublishAck>;
  status(): EventServerStatus;
  /** Serves no reader any more. The link stays open: it is its owner's. */
  close(): void;
}

const readersPerPeerMax = 64;
/** Cut readers whose reason is kept, for those that learn of it only when they ask again. */
const remembered = 1000;

/** Answers `publish`, `subscribe`, `credit`, `unsubscribe` and `info` on a link. */
export function serveEvents(link: LinkServer, log: EventLog, options: ServeEventsOptions): EventServer {
  return new LogServer(link, log, options);
}

class LogServer implements EventServer {
  readonly #link: LinkServer;
  readonly #log: EventLog;
  readonly #options: ServeEventsOptions;
  readonly #door: Door;
  readonly #readers = new Map<string, Reader>();
  readonly #cutReasons = new Map<string, string>();
  readonly #stopListening: () => void;
  #cancelSweep: (() => void) | undefined;
  #closed = false;

  constructor(link: LinkServer, log: EventLog, options: ServeEventsOptions) {
    this.#link = link;
    this.#log = log;
    this.#options = options;
    this.#door = new Door(log, options);
    this.#stopListening = log.onAppend(() => {
      for (const [key, reader] of this.#readers) this.#serve(key, reader);
    });
    link.handle('publish', (request) => this.#publish(request));
    link.handle('subscribe', (request) => this.#subscribe(request));
    link.handle('credit', (request) => this.#credit(request));
    link.handle('unsubscribe', (request) => this.#unsubscribe(request));
    link.handle('info', () => this.#info());
  }

  append(events: readonly OutgoingEvent[]): Promise<PublishAck> {
    return this.publish(encodeUnchecked(events, this.#options.clock.nowMs()));
  }

  publish(events: NewEvents): Promise<PublishAck> {
    return this.#door.publish(events);
  }

  status(): EventServerStatus {
    const { published, refused, refusedBy, queued } = this.#door;
    const readers = [...this.#readers.values()].map((reader) => ({
      name: reader.name,
      peer: reader.peer,
      lag: reader.lag,
      stalledMs: reader.waitedMs,
    }));
    return { published, refused, refusedBy, queued, readers };
  }

  close(): void {
    this.#closed = true;
    this.#stopListening();
    this.#cancelSweep?.();
    for (const reader of this.#readers.values()) reader.stop();
    this.#readers.clear();
  }

  async #publish({ peer, payload }: LinkRequest): Promise<Uint8Array> {
    const { trustHeads, headFor, eventBytesMax } = this.#options;
    const packed = takeOver(payload, eventBytesMax);
    if (packed !== null) {
      const head = headFor?.(peer, null) ?? null;
      return packAck(await this.#door.publishSound(new UnreadEvents({ ...packed, head })));
    }
    const batch = decodeBatch(payload, 0);
    const events = trustHeads === true ? batch : withHeads(batch, (given) => headFor?.(peer, given) ?? null);
    return packAck(await this.#door.publish(events));
  }

  #subscribe({ peer, payload }: LinkRequest): Uint8Array {
    const request = unpackSubscribe(payload);
    if (this.#closed) throw new BrineError('STOPPING', 'The bus is stopping.');
    const mine = [...this.#readers.values()].filter((reader) => reader.peer === peer);
    if (mine.length >= readersPerPeerMax)
      throw new BrineError('OVERLOADED', `One connection may have ${readersPerPeerMax} readers.`);
    const key = keyOf(peer, request.reader);
    this.#readers.get(key)?.stop();
    const reader = new Reader(peer, request, this.#link, this.#log, this.#options.clock);
    this.#readers.set(key, reader);
    const reply = this.#info();
    // The reply must be on its way before the first message is.
    setImmediate(() => this.#serve(key, reader));
    this.#cancelSweep ??= this.#sweepLater();
    return reply;
  }

  #credit({ peer, payload }: LinkRequest): Uint8Array {
    const { reader: id, credit } = unpackCredit(payload);
    const key = keyOf(peer, id);
    const reader = this.#readers.get(key);
    if (reader === undefined) {
      const reason = this.#cutReasons.get(key);
      if (reason !== undefined) throw new BrineError('BUS_CUT_OFF', reason);
      throw new BrineError('NO_SUCH_RECORD', 'The bus does not know this reader.');
    }
    reader.grant(credit);
    this.#serve(key, reader);
    return nothing;
  }

  #unsubscribe({ peer, payload }: LinkRequest): Uint8Array {
    const key = keyOf(peer, unpackCredit(payload).reader);
    this.#readers.get(key)?.stop();
    this.#readers.delete(key);
    return nothing;
  }

  #info(): Uint8Array {
    return packInfo({ logId: this.#log.id, nextSeq: this.#log.nextSeq(), oldestSeq: this.#log.oldestSeq() });
  }

  #serve(key: string, reader: Reader): void {
    reader.serve().then(
      () => this.#forgetGone(key, reader),
      (error: unknown) => {
        this.#options.telemetry.emit({ kind: 'unexpected', where: 'bus reader', message: messageOf(error) });
        void this.#cut(key, reader, `The bus cannot read its log: ${messageOf(error)}`);
      },
    );
  }

  #forgetGone(key: string, reader: Reader): void {
    if (reader.gone && this.#readers.get(key) === reader) this.#readers.delete(key);
  }

  #sweepLater(): () => void {
    const { clock, stallMs = 30_000 } = this.#options;
    return clock.after(stallMs / 4, () => void this.#sweep(stallMs));
  }

  /** Cuts off who asks for nothing while events wait, and forgets who went away without a word. */
  async #sweep(stallMs: number): Promise<void> {
    for (const [key, reader] of this.#readers) {
      if (reader.stalledMs() >= stallMs)
        await this.#cut(
          key,
          reader,
          `It asked for no events for ${Math.round(stallMs / 1000)} s while some waited.`,
        );
      else await reader.probe();
      this.#forgetGone(key, reader);
    }
    this.#cancelSweep = this.#closed || this.#readers.size === 0 ? undefined : this.#sweepLater();
  }

  async #cut(key: string, reader: Reader, reason: string): Promise<void> {
    this.#readers.delete(key);
    this.#cutReasons.set(key, reason);
    if (this.#cutReasons.size > remembered)
      this.#cutReasons.delete(this.#cutReasons.keys().next().value as string);
    this.#options.telemetry.emit({ kind: 'bus.reader.cut', reader: reader.name, reason });
    await reader.cut(reason);
  }
}

function keyOf(peer: string, reader: string): string {
  return `${peer}/${reader}`;
}
