import { Dealer } from 'zeromq';
import { BrineError, type Clock, messageOf, silentTelemetry, type Telemetry } from '../../core/index.ts';
import type { LinkClient, LinkStatus } from '../types.ts';
import { readServerHead, requestHead, unpackError } from './frames.ts';
import { watchConnection } from './watch.ts';

export interface ConnectLinkOptions {
  readonly endpoint: string;
  readonly curve?: { readonly publicKey: string; readonly secretKey: string; readonly serverKey: string };
  /** Longest payload either way; 64 MiB unless given. */
  readonly bytesMax?: number;
  /** Requests that may wait for their reply at once; 10,000 unless given. */
  readonly pendingMax?: number;
  /** First and longest pause between attempts to connect; 50 and 2000 ms unless given. */
  readonly reconnectMs?: number;
  readonly reconnectMaxMs?: number;
  readonly clock: Clock;
  /** Learns of messages that do not decode. */
  readonly telemetry?: Telemetry;
}

/** Connects, and connects again whenever the connection is lost, until it is closed. */
export function connectLink(options: ConnectLinkOptions): LinkClient {
  return new DealerLink(options);
}

type PushHandler = Parameters<LinkClient['onPush']>[1];

interface Pending {
  readonly number: number;
  readonly verb: string;
  readonly payload: Uint8Array;
  readonly resolve: (payload: Uint8Array) => void;
  readonly reject: (error: BrineError) => void;
  readonly cancelTimer: () => void;
  sent: boolean;
}

/**
 * Requests wait here, not in ZeroMQ, while there is no connection: one that timed out is never sent
 * later. One that was sent and whose connection broke fails at once; whether it was done is unknown.
 */
class DealerLink implements LinkClient {
  readonly #socket: Dealer;
  readonly #options: ConnectLinkOptions;
  readonly #pending = new Map<number, Pending>();
  readonly #pushes = new Map<string, PushHandler[]>();
  readonly #listeners: ((status: LinkStatus) => void)[] = [];
  readonly #watched: Promise<void>;
  #queue: Pending[] = [];
  #status: LinkStatus | undefined;
  #sending = false;
  #lastNumber = 0;
  #closed = false;

  constructor(options: ConnectLinkOptions) {
    this.#options = options;
    const { curve, bytesMax = 64 << 20 } = options;
    this.#socket = new Dealer({
      linger: 0,
      // Only finished connections take messages, so that none waits inside ZeroMQ for a server to come.
      immediate: true,
      maxMessageSize: bytesMax + 65_536,
      reconnectInterval: options.reconnectMs ?? 50,
      reconnectMaxInterval: options.reconnectMaxMs ?? 2000,
      handshakeInterval: 5000,
      heartbeatInterval: 5000,
      heartbeatTimeout: 15_000,
    });
    if (curve !== undefined) {
      this.#socket.curvePublicKey = curve.publicKey;
      this.#socket.curveSecretKey = curve.secretKey;
      this.#socket.curveServerKey = curve.serverKey;
    }
    this.#watched = watchConnection(this.#socket, options.endpoint, options.clock, (status) =>
      this.#changed(status),
    );
    this.#socket.connect(options.endpoint);
    void this.#receive();
  }

  request(verb: string, payload: Uint8Array, timeoutMs: number): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const fault = this.#fault(payload);
      if (fault !== undefined) {
        reject(fault);
        return;
      }
      this.#lastNumber += 1;
      const number = this.#lastNumber;
      const cancelTimer = this.#options.clock.after(timeoutMs, () => this.#timedOut(number, timeoutMs));
      const pending = { number, verb, payload, resolve, reject, cancelTimer, sent: false };
      this.#pending.set(number, pending);
      this.#queue.push(pending);
      if (!this.#sending) void this.#drain();
    });
  }

  onPush(verb: string, handler: PushHandler): void {
    const handlers = this.#pushes.get(verb);
    if (handlers === undefined) this.#pushes.set(verb, [handler]);
    else handlers.push(handler);
  }

  /** A listener learns the present status, when there is one, before this returns. */
  onStatus(listener: (status: LinkStatus) => void): void {
    this.#listeners.push(listener);
    if (this.#status !== undefined) listener(this.#status);
  }

  async close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#fail([...this.#pending.values()], 'The link is closed.');
      this.#queue = [];
      this.#socket.close();
    }
    await this.#watched;
  }

  #fault(payload: Uint8Array): BrineError | undefined {
    const { bytesMax = 64 << 20, pendingMax = 10_000 } = this.#options;
    if (this.#closed) return new BrineError('BUS_CLOSED', 'The link is closed.');
    if (payload.length > bytesMax)
      return new BrineError(
        'BAD_MESSAGE',
        `The payload has ${payload.length} bytes; ${bytesMax} are allowed.`,
      );
    if (this.#pending.size >= pendingMax)
      return new BrineError('OVERLOADED', `${pendingMax} requests wait for their reply already.`);
    return undefined;
  }

  async #drain(): Promise<void> {
    this.#sending = true;
    try {
      while (this.#status?.kind === 'connected' && !this.#closed) {
        const next = this.#queue.shift();
        if (next === undefined) break;
        if (!this.#pending.has(next.number)) continue;
        next.sent = true;
        await this.#socket.send([requestHead(next.number, next.verb), next.payload as Buffer]);
      }
    } catch (error) {
      if (!this.#closed) this.#changed({ kind: 'lost', reason: messageOf(error) });
    }
    this.#sending = false;
  }

  async #receive(): Promise<void> {
    try {
      for await (const [head, payload, ...attachments] of this.#socket)
        if (head !== undefined && payload !== undefined) this.#takeSafely(head, payload, attachments);
    } catch (error) {
      if (!this.#closed) this.#changed({ kind: 'lost', reason: messageOf(error) });
    }
  }

  /** Whatever a server sends, and whatever a listener does, the link goes on. */
  #takeSafely(head: Buffer, payload: Buffer, attachments: readonly Buffer[]): void {
    try {
      this.#take(head, payload, attachments);
    } catch (error) {
      const { telemetry = silentTelemetry } = this.#options;
      telemetry.emit({ kind: 'unexpected', where: 'link', message: messageOf(error) });
    }
  }

  #take(head: Buffer, payload: Buffer, attachments: readonly Buffer[]): void {
    const message = readServerHead(head);
    if (message?.kind === 'push')
      for (const handler of this.#pushes.get(message.verb) ?? []) handler(payload, attachments);
    if (message?.kind !== 'reply') return;
    const pending = this.#pending.get(message.number);
    if (pending === undefined) return;
    this.#settle(pending);
    if (message.ok) pending.resolve(payload);
    else pending.reject(unpackError(payload));
  }

  #changed(status: LinkStatus): void {
    if (this.#closed) return;
    const before = this.#status?.kind;
    this.#status = status;
    if (status.kind === 'lost') {
      const sent = [...this.#pending.values()].filter((pending) => pending.sent);
      this.#fail(sent, `The connection to ${this.#options.endpoint} was lost: ${status.reason}.`);
    } else if (!this.#sending) void this.#drain();
    if (before !== status.kind) for (const listener of this.#listeners) listener(status);
  }

  #timedOut(number: number, timeoutMs: number): void {
    const pending = this.#pending.get(number);
    if (pending === undefined) return;
    this.#settle(pending);
    // While there is no connection nothing else takes them out of the queue.
    if (this.#queue.length > this.#pending.size * 2 + 100)
      this.#queue = this.#queue.filter((waiting) => this.#pending.has(waiting.number));
    const { endpoint } = this.#options;
    const why = this.#status?.kind === 'lost' ? ` (${this.#status.reason})` : '';
    const message = `No reply to ${pending.verb} from ${endpoint} within ${timeoutMs} ms${why}.`;
    pending.reject(new BrineError('TIMEOUT', message, { fields: { endpoint, sent: pending.sent } }));
  }

  #fail(pending: readonly Pending[], message: string): void {
    for (const one of pending) {
      this.#settle(one);
      one.reject(new BrineError('BUS_CLOSED', message, { fields: { endpoint: this.#options.endpoint } }));
    }
  }

  #settle(pending: Pending): void {
    pending.cancelTimer();
    this.#pending.delete(pending.number);
  }
}
