import { type Clock, isBrineError, messageOf } from '../../core/index.ts';
import type { SaltEvent } from '../salt-ipc/index.ts';
import { PinFault, type SaltApiConnections, type SaltApiPlace } from './connection.ts';
import { eventFrom } from './event-json.ts';
import { openEventStream } from './event-stream.ts';
import { Overlap } from './overlap.ts';
import { SaltApiRefusal } from './refusal.ts';
import type { SaltApiSession } from './session.ts';

export interface SaltApiReaderOptions {
  readonly place: SaltApiPlace;
  readonly connections: SaltApiConnections;
  readonly clock: Clock;
  /** Larger events are passed over and told of. */
  readonly eventBytesMax: number;
  readonly connected: () => void;
  /** Must not wait, as with the sockets. */
  readonly events: (events: readonly SaltEvent[]) => void;
  readonly refused: (reason: string, kind: 'bad' | 'too-large') => void;
  /** The stream is lost, or none can be had; told again only when the reason changes. */
  readonly lost: (reason: string) => void;
}

interface Stream {
  readonly close: () => void;
  overlap: Overlap | undefined;
  side: 'old' | 'new';
}

const retryMs = 1000;
/** The time that the newer stream has to bring what the older one brought before it was closed. */
const catchUpMs = 10_000;

/**
 * Reads salt-api's stream of events, and opens it again whenever it ends, until it is closed. When the token is
 * renewed a second stream begins before the first one is closed, so that nothing is missed.
 */
export class SaltApiReader {
  readonly #options: SaltApiReaderOptions;
  readonly #session: SaltApiSession;
  #current: Stream | undefined;
  /** The stream of the token before, until the current one is known to follow it without a hole. */
  #previous: Stream | undefined;
  #told = '';
  #cancel: () => void = () => undefined;
  #closed = false;

  constructor(session: SaltApiSession, options: SaltApiReaderOptions) {
    this.#session = session;
    this.#options = options;
    void this.#connect();
  }

  /** There is a new token: a stream that is open goes over to it. */
  renewed(token: string): void {
    if (this.#current !== undefined && !this.#closed) this.#open(token, this.#current);
  }

  /** Opens the stream anew: it is open and brings nothing, or what it brought cannot be relied on. */
  restart(reason: string): void {
    if (this.#current === undefined || this.#closed) return;
    this.#drop();
    this.#lost(new Error(reason));
  }

  close(): void {
    this.#closed = true;
    this.#cancel();
    this.#drop();
  }

  async #connect(): Promise<void> {
    if (this.#closed) return;
    try {
      const token = await this.#session.token();
      if (!this.#closed && this.#current === undefined) this.#open(token, undefined);
    } catch (error) {
      this.#lost(error);
    }
  }

  #open(token: string, follows: Stream | undefined): void {
    const { place, connections, clock, eventBytesMax, refused } = this.#options;
    const stream: Stream = {
      overlap: undefined,
      side: 'new',
      close: openEventStream({
        place,
        connections,
        clock,
        token,
        eventBytesMax,
        opened: () => this.#opened(stream, follows),
        data: (text) => this.#take(stream, text),
        tooLarge: (bytes) => {
          if (stream.side === 'new' || !stream.overlap?.met) refused(`${bytes} bytes`, 'too-large');
        },
        ended: (error) => this.#ended(stream, token, error),
      }),
    };
  }

  #opened(stream: Stream, follows: Stream | undefined): void {
    if (this.#closed) return stream.close();
    this.#previous?.close();
    this.#previous = undefined;
    const before = this.#current;
    this.#current = stream;
    if (before !== undefined && before === follows) {
      before.side = 'old';
      stream.overlap = new Overlap();
      before.overlap = stream.overlap;
      this.#previous = before;
      return;
    }
    before?.close();
    this.#told = '';
    this.#options.connected();
  }

  #take(stream: Stream, text: string): void {
    const { overlap, side } = stream;
    const first = overlap?.takes(side, text) !== false;
    if (overlap?.met === true && this.#previous !== undefined) this.#follow();
    if (!first) return;
    const event = eventFrom(text);
    if (typeof event === 'string') this.#options.refused(event, 'bad');
    else this.#options.events([event]);
  }

  /** The newer stream has had an event of the older one: from here on it has them all. */
  #follow(): void {
    const stream = this.#current;
    this.#previous?.close();
    this.#previous = undefined;
    this.#options.clock.after(catchUpMs, () => {
      if (stream !== undefined && stream !== this.#previous) stream.overlap = undefined;
    });
  }

  #ended(stream: Stream, token: string, error: Error): void {
    if (this.#closed) return;
    if (error instanceof SaltApiRefusal && error.status === 401) this.#session.refused(token);
    if (stream === this.#previous) {
      this.#follow();
      return;
    }
    // A stream that was to follow another and did not begin leaves that one as it is.
    if (stream !== this.#current && this.#current !== undefined) return;
    this.#drop();
    this.#lost(error);
  }

  #drop(): void {
    this.#current?.close();
    this.#previous?.close();
    this.#current = undefined;
    this.#previous = undefined;
  }

  #lost(error: unknown): void {
    if (this.#closed) return;
    const reason = why(error, this.#options.place);
    if (reason !== this.#told) {
      this.#told = reason;
      this.#options.lost(reason);
    }
    this.#cancel();
    this.#cancel = this.#options.clock.after(retryMs, () => void this.#connect());
  }
}

function why(error: unknown, { url }: SaltApiPlace): string {
  if (error instanceof SaltApiRefusal) return `salt-api refuses: ${error.message}`;
  if (error instanceof PinFault || !isBrineError(error)) return `${url.origin}: ${messageOf(error)}`;
  return messageOf(error);
}
