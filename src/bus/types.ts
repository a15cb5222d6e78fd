import type { EventBatch, EventHead, NewEvents, OutgoingEvent } from '../core/index.ts';

/** What a publisher learns: which events are durable, and which were refused and why. */
export interface PublishAck {
  /** Sequence number of the first accepted event; accepted events are numbered on from it. */
  readonly firstSeq: number;
  readonly accepted: number;
  readonly refused: readonly { readonly index: number; readonly code: string; readonly message: string }[];
}

export interface SubscribeOptions {
  /** Where to start: with the next event, or with this sequence number. */
  readonly from: 'now' | number;
  /** Only tags that begin with one of these; empty means all. The publisher filters. */
  readonly prefixes: readonly string[];
  /** How the reader is called in logs and status. */
  readonly name: string;
}

/** What a reader receives. */
export type BusMessage =
  | {
      readonly kind: 'events';
      readonly batch: EventBatch;
      /** The number of each event when the filter left holes, else null (`firstSeq + i`). */
      readonly seqs: readonly number[] | null;
      /** Where to go on reading after this message. */
      readonly nextSeq: number;
    }
  /** Events that this reader will never see: trimmed from the log before it read them. */
  | { readonly kind: 'gap'; readonly fromSeq: number; readonly toSeq: number; readonly reason: string };

/**
 * A reader of a bus. It survives reconnects: it goes on after the last event it delivered. The publisher
 * holds nothing for a reader that does not ask for more. Iteration ends after `close`; it throws
 * BUS_CUT_OFF, with the reason, when the bus cut the reader off.
 */
export interface Subscription extends AsyncIterable<BusMessage> {
  /** Resolves when the bus has confirmed the subscription: later events will be seen. */
  readonly ready: Promise<{ readonly logId: string; readonly nextSeq: number }>;
  close(): void;
}

/** One end of an event bus. */
export interface EventBus {
  /** Resolves when the bus has the events durably; adds `_stamp` where data has none. */
  publish(events: readonly OutgoingEvent[]): Promise<PublishAck>;
  publishEncoded(events: NewEvents): Promise<PublishAck>;
  subscribe(options: SubscribeOptions): Subscription;
  info(): Promise<BusInfo>;
  close(): Promise<void>;
}

export interface BusInfo {
  readonly logId: string;
  readonly nextSeq: number;
  readonly oldestSeq: number;
}

/** Who a request came from, for the server's handlers. */
export interface LinkRequest {
  /** The connection; stable while it lasts. */
  readonly peer: string;
  readonly payload: Uint8Array;
}

export type LinkHandler = (request: LinkRequest) => Uint8Array | Promise<Uint8Array>;

/** Requests with one reply each, and one-way pushes, over one socket. */
export interface LinkServer {
  handle(verb: string, handler: LinkHandler): void;
  /** Begins to take requests; earlier ones wait until then. Call it when every verb has its handler. */
  accept(): void;
  /**
   * False when the peer is gone or does not drain its socket. Attachments are frames of their own, which are not
   * copied: leave them as they are.
   */
  push(
    peer: string,
    verb: string,
    payload: Uint8Array,
    attachments?: readonly Uint8Array[],
  ): Promise<boolean>;
  /** The addresses it listens on, with real port numbers. */
  readonly endpoints: readonly string[];
  close(): Promise<void>;
}

export type LinkStatus = { readonly kind: 'connected' } | { readonly kind: 'lost'; readonly reason: string };

export interface LinkClient {
  /** Throws the BrineError that the server threw, TIMEOUT, or BUS_CLOSED. */
  request(verb: string, payload: Uint8Array, timeoutMs: number): Promise<Uint8Array>;
  onPush(verb: string, handler: (payload: Uint8Array, attachments: readonly Uint8Array[]) => void): void;
  onStatus(listener: (status: LinkStatus) => void): void;
  close(): Promise<void>;
}

/**
 * The head that a server gives to an event, from who the sender is. `given` is what the sender says; a server
 * takes of it only what it trusts that sender to say.
 */
export type HeadFor = (peer: string, given: EventHead | null) => EventHead | null;
