import { Router } from 'zeromq';
import { BrineError, type Clock, messageOf, systemCode, type Telemetry } from '../../core/index.ts';
import type { LinkHandler, LinkServer } from '../types.ts';
import { bindEndpoint, removeSocketFiles } from './bind.ts';
import { packError, pushHead, readRequestHead, replyHead } from './frames.ts';
import { whenReleased } from './release.ts';

export interface BindLinkOptions {
  /** `ipc://<path>` and `tcp://<address>:<port>`; port 0 picks a free one. */
  readonly endpoints: readonly string[];
  /** Lets in only CURVE peers that the domain's `zapAuthenticator` allows. */
  readonly curve?: { readonly publicKey: string; readonly secretKey: string; readonly domain: string };
  /** Longest payload. Longer ones are refused; far longer ones end the connection. */
  readonly bytesMax: number;
  /** Requests that may be under way at once. */
  readonly inFlightMax?: number;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
}

/** How long a closing link waits for handlers, and ZeroMQ for what they answered. */
const closeWaitMs = 2000;
const lingerMs = 100;
/** ZeroMQ drops what a client has not read when its connection ends, so the last replies get this long. */
const readMs = 20;

/**
 * Listens on every endpoint, or on none, and takes requests once it is told to `accept`. Throws PORT_IN_USE,
 * SOCKET_PATH_TOO_LONG or BAD_CONFIG.
 */
export async function bindLink(options: BindLinkOptions): Promise<LinkServer> {
  const socket = new Router({
    linger: 0,
    mandatory: true,
    sendTimeout: 0,
    sendHighWaterMark: 1000,
    maxMessageSize: options.bytesMax * 2 + 65_536,
    heartbeatInterval: 5000,
    heartbeatTimeout: 15_000,
  });
  const { curve } = options;
  if (curve !== undefined) {
    socket.curveServer = true;
    socket.curvePublicKey = curve.publicKey;
    socket.curveSecretKey = curve.secretKey;
    socket.zapDomain = curve.domain;
    // Without it ZeroMQ lets everybody in while no authenticator is there.
    socket.zapEnforceDomain = true;
  }
  const released = whenReleased(socket);
  const endpoints: string[] = [];
  try {
    for (const endpoint of options.endpoints) endpoints.push(await bindEndpoint(socket, endpoint));
    return new RouterLink(socket, endpoints, released, options);
  } catch (error) {
    socket.close();
    await released;
    removeSocketFiles(endpoints);
    throw error;
  }
}

class RouterLink implements LinkServer {
  readonly endpoints: readonly string[];
  readonly #socket: Router;
  readonly #released: Promise<void>;
  readonly #options: BindLinkOptions;
  readonly #handlers = new Map<string, LinkHandler>();
  #inFlight = 0;
  #lastSentMs = Number.NEGATIVE_INFINITY;
  #idle: (() => void) | undefined;
  #accepting = false;
  #closing: Promise<void> | undefined;

  constructor(socket: Router, endpoints: string[], released: Promise<void>, options: BindLinkOptions) {
    this.#socket = socket;
    this.endpoints = endpoints;
    this.#released = released;
    this.#options = options;
  }

  accept(): void {
    if (this.#accepting) return;
    this.#accepting = true;
    void this.#receive();
  }

  handle(verb: string, handler: LinkHandler): void {
    this.#handlers.set(verb, handler);
  }

  push(
    peer: string,
    verb: string,
    payload: Uint8Array,
    attachments: readonly Uint8Array[] = [],
  ): Promise<boolean> {
    return this.#send([Buffer.from(peer, 'hex'), pushHead(verb), payload, ...attachments]);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#whenIdle();
    const sinceMs = this.#options.clock.monotonicMs() - this.#lastSentMs;
    if (sinceMs < readMs) await this.#pause(readMs - sinceMs);
    this.#socket.linger = lingerMs;
    this.#socket.close();
    await this.#released;
    removeSocketFiles(this.endpoints);
  }

  /** Requests under way are still answered; new ones are refused by then. */
  async #whenIdle(): Promise<void> {
    if (this.#inFlight === 0) return;
    const idle = new Promise<void>((resolve) => {
      this.#idle = resolve;
    });
    await Promise.race([idle, this.#pause(closeWaitMs, idle)]);
  }

  /** Waits by the clock, or until `early` settles. */
  #pause(ms: number, early?: Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(ms, resolve);
      void early?.then(cancel);
    });
  }

  async #receive(): Promise<void> {
    try {
      for await (const frames of this.#socket) this.#take(frames);
    } catch (error) {
      if (!this.#socket.closed) this.#unexpected(error);
    }
  }

  #take(frames: readonly Buffer[]): void {
    const [peer, head, payload] = frames;
    if (peer === undefined || head === undefined) return;
    let number = 0;
    try {
      if (payload === undefined || frames.length !== 3)
        throw new BrineError('BAD_MESSAGE', 'A request has two frames: head and payload.');
      const request = readRequestHead(head);
      number = request.number;
      this.#run(peer, number, this.#handlerOf(request.verb, payload), payload);
    } catch (error) {
      this.#refuse(peer, number, error);
    }
  }

  #handlerOf(verb: string, payload: Buffer): LinkHandler {
    const { bytesMax, inFlightMax = 10_000 } = this.#options;
    const handler = this.#handlers.get(verb);
    if (handler === undefined)
      throw new BrineError('BAD_MESSAGE', `There is no verb ${JSON.stringify(verb.slice(0, 40))} here.`);
    if (payload.length > bytesMax)
      throw new BrineError(
        'BAD_MESSAGE',
        `The payload has ${payload.length} bytes; ${bytesMax} are allowed.`,
      );
    if (this.#closing !== undefined) throw new BrineError('STOPPING', 'The process is stopping.');
    if (this.#inFlight >= inFlightMax) throw new BrineError('OVERLOADED', 'Too many requests are under way.');
    return handler;
  }

  #run(peer: Buffer, number: number, handler: LinkHandler, payload: Buffer): void {
    const result = handler({ peer: peer.toString('hex'), payload });
    if (!(result instanceof Promise)) {
      void this.#send([peer, replyHead(number, true), result]);
      return;
    }
    this.#inFlight += 1;
    result
      .then(
        (bytes) => void this.#send([peer, replyHead(number, true), bytes]),
        (error: unknown) => this.#refuse(peer, number, error),
      )
      .finally(() => this.#settled());
  }

  #settled(): void {
    this.#inFlight -= 1;
    if (this.#inFlight === 0) this.#idle?.();
  }

  #refuse(peer: Buffer, number: number, error: unknown): void {
    if (!(error instanceof BrineError)) this.#unexpected(error);
    void this.#send([peer, replyHead(number, false), packError(error)]);
  }

  async #send(frames: readonly Uint8Array[]): Promise<boolean> {
    this.#lastSentMs = this.#options.clock.monotonicMs();
    try {
      await this.#socket.send(frames as Uint8Array[]);
      return true;
    } catch (error) {
      // The peer is gone, or does not take what it was sent; a reply that nobody waits for is no fault.
      const code = systemCode(error);
      if (code !== 'EHOSTUNREACH' && code !== 'EAGAIN' && !this.#socket.closed) this.#unexpected(error);
      return false;
    }
  }

  #unexpected(error: unknown): void {
    this.#options.telemetry.emit({ kind: 'unexpected', where: 'link', message: messageOf(error) });
  }
}
