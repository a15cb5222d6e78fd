import { BrineError, type Clock } from '../../core/index.ts';
import { RequestSocket } from './socket.ts';

export interface SaltRequestOptions {
  /** `tcp://host:4506`. */
  readonly endpoint: string;
  /** Requests under way at once; each takes a connection of its own, because a REQ socket is lock-step. */
  readonly inFlightMax: number;
  readonly clock: Clock;
}

/** Requests to a Salt master's request server; further ones wait for their turn. */
export interface SaltRequests {
  /**
   * The reply's bytes. Throws BUS_CLOSED when the request was certainly not sent, and TIMEOUT when it was and
   * nobody answered: then it may have been done.
   */
  request(payload: Uint8Array, timeoutMs: number): Promise<Uint8Array>;
  close(): void;
}

export function connectSaltRequests(options: SaltRequestOptions): SaltRequests {
  const idle: RequestSocket[] = [];
  const busy = new Set<RequestSocket>();
  const waiting: ((socket: RequestSocket | undefined) => void)[] = [];
  let closed = false;

  const take = async (): Promise<RequestSocket | undefined> => {
    const socket = idle.pop() ?? (busy.size < options.inFlightMax ? new RequestSocket(options) : undefined);
    if (socket === undefined) return new Promise((resolve) => waiting.push(resolve));
    busy.add(socket);
    return socket;
  };

  /** A socket whose reply is outstanding would take it for the answer to the next question: it is replaced. */
  const giveBack = (socket: RequestSocket): void => {
    busy.delete(socket);
    let usable = socket;
    if (socket.spoilt) {
      socket.close();
      usable = new RequestSocket(options);
    }
    const next = waiting.shift();
    if (closed) usable.close();
    else if (next === undefined) idle.push(usable);
    else {
      busy.add(usable);
      next(usable);
    }
  };

  return {
    request: async (payload, timeoutMs) => {
      const socket = closed ? undefined : await take();
      if (socket === undefined)
        throw new BrineError('BUS_CLOSED', 'The connection to the Salt master is closed.');
      try {
        return await socket.request(payload, timeoutMs);
      } finally {
        giveBack(socket);
      }
    },
    close: () => {
      closed = true;
      for (const socket of [...idle, ...busy]) socket.close();
      for (const giveUp of waiting.splice(0)) giveUp(undefined);
    },
  };
}
