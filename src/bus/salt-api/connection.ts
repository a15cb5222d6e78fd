import type { ClientRequest } from 'node:http';
import { type RequestOptions as HttpOptions, Agent as PlainAgent, request as plainRequest } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import type { Clock } from '../../core/index.ts';

/** Where a salt-api listens, and how its certificate is known. */
export interface SaltApiPlace {
  /** `https://master:8000`; a path before salt-api's own routes is kept. */
  readonly url: URL;
  /** Certificates in PEM that may sign the server's; undefined takes those of the system. */
  readonly ca: string | undefined;
  /** The SHA-256 of the server's certificate, 32 pairs of hexadecimal digits with colons. */
  readonly fingerprint: string | undefined;
}

/** Makes requests on connections that are pooled, or on one of their own. */
export interface SaltApiConnections {
  request(options: HttpOptions, pooled: boolean): ClientRequest;
  close(): void;
}

/** salt-api has 100 threads by default, for everybody. */
const socketsMax = 10;
/** Shorter than the 10 s after which salt-api closes a connection, so that no request meets a closed one. */
const idleMs = 5000;
/** A peer that is gone without a word is found out by the system within a minute. */
const keepAliveMs = 30_000;
/** salt-api shakes hands in the one thread that also accepts, and gives a slow client 10 s. */
const handshakeMs = 10_000;

export function saltApiConnections(place: SaltApiPlace, clock: Clock): SaltApiConnections {
  const tls = place.url.protocol === 'https:';
  const pool = { keepAlive: true, maxSockets: socketsMax, timeout: idleMs, scheduling: 'lifo' } as const;
  const agent = tls ? new PinningAgent(place, clock, pool) : new PlainAgent(pool);
  const single = tls ? new PinningAgent(place, clock, {}) : new PlainAgent();
  const send = tls ? tlsRequest : plainRequest;
  return {
    request: (options, pooled) => {
      const request = send(place.url, { ...options, agent: pooled ? agent : single });
      request.on('socket', (socket) => socket.setKeepAlive(true, keepAliveMs));
      return request;
    },
    close: () => {
      agent.destroy();
      single.destroy();
    },
  };
}

/** Hands a connection out only when its certificate is the right one: nothing is sent to any other server. */
class PinningAgent extends TlsAgent {
  readonly #place: SaltApiPlace;
  readonly #clock: Clock;

  constructor(place: SaltApiPlace, clock: Clock, options: ConstructorParameters<typeof TlsAgent>[0]) {
    super(options);
    this.#place = place;
    this.#clock = clock;
  }

  override createConnection(
    options: ConnectionOptions,
    ready?: (error: Error | null, socket: Duplex) => void,
  ): null {
    const { ca, fingerprint } = this.#place;
    const socket = connectTls({
      ...options,
      ...(ca === undefined ? {} : { ca }),
      minVersion: 'TLSv1.2',
      // A pin says more than a chain; with a CA both must hold.
      rejectUnauthorized: ca !== undefined || fingerprint === undefined,
    });
    // A request that is given up does not end the connection it waits for, and hears of nothing before it has that.
    const cancel = this.#clock.after(handshakeMs, () =>
      socket.destroy(new Error(`no TLS connection within ${handshakeMs} ms`)),
    );
    const failed = (error: Error): void => {
      cancel();
      ready?.(error, socket);
    };
    socket.once('error', failed);
    socket.once('secureConnect', () => {
      cancel();
      socket.off('error', failed);
      const fault = pinFault(socket, fingerprint);
      if (fault === undefined) return ready?.(null, socket);
      socket.on('error', () => undefined);
      socket.destroy();
      ready?.(fault, socket);
    });
    return null;
  }
}

/** Another certificate than the pinned one; nothing was sent. */
export class PinFault extends Error {}

function pinFault(socket: TLSSocket, wanted: string | undefined): PinFault | undefined {
  if (wanted === undefined) return undefined;
  const shown = socket.getPeerCertificate().fingerprint256;
  if (shown?.toLowerCase() === wanted.toLowerCase()) return undefined;
  return new PinFault(`its certificate has the fingerprint ${shown?.toLowerCase()}, and not the pinned one`);
}
