import type { WebSocket } from '@fastify/websocket';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { authenticate, callerOf } from '../server/authenticate.ts';
import { HttpError } from '../server/http-error.ts';
import type { ApiParts } from '../server/route-group.ts';
import { wishOf } from './events-route.ts';
import type { Frame } from './frames.ts';
import { lastEventId, startOf } from './resume.ts';
import type { Sink } from './sink.ts';

/** What may wait for a client before it counts as slow. */
const waitingBytesMax = 256 * 1024;
const graceMs = 5000;
/** A byte that no JSON text has: it parts the frames of one write. */
const separator = '\u001e';

/** salt-api's frames, one event each. */
const plainFrame: Frame = (_seq, _tag, json) => `data: ${json}\n\n${separator}`;

/** The same, for clients that resume: they have said so by a `Last-Event-ID`. */
const numberedFrame: Frame = (seq, _tag, json) => `id: ${seq}\ndata: ${json}\n\n${separator}`;

/** salt-api's websocket: events begin after the client's first message. */
export function websocketRoutes(app: FastifyInstance, parts: ApiParts): void {
  const handle = (socket: WebSocket, request: FastifyRequest): void => {
    socket.on('error', () => socket.terminate());
    void begin(socket, request).catch(() => socket.close(1011, 'An unexpected error occurred'));
  };
  app.get('/ws', { websocket: true, config: { access: 'caller' }, preValidation: check }, handle);
  app.get<{ Params: { token: string } }>(
    '/ws/:token',
    {
      websocket: true,
      config: { access: 'open' },
      preValidation: async (request) => {
        request.caller = authenticate(request, parts.access, request.params.token);
        await check(request);
      },
    },
    (socket, request) => handle(socket, request as FastifyRequest),
  );

  /** What is wrong is answered before the connection becomes a websocket. */
  async function check(request: FastifyRequest): Promise<void> {
    wishOf(request, false);
    lastEventId(request);
    if (request.headers.upgrade === undefined) throw new HttpError(400, 'This route is for websockets.');
    if (parts.master.events.recent.head === undefined) parts.master.require();
  }

  /** False when it does not come in the time that a body may take: who says nothing must not stay for ever. */
  function firstMessage(socket: WebSocket): Promise<boolean> {
    return new Promise((resolve) => {
      const cancel = parts.clock.after(parts.api.bodyTimeoutMs, () => resolve(false));
      const end = (came: boolean) => (): void => {
        cancel();
        resolve(came);
      };
      socket.once('message', end(true));
      socket.once('close', end(false));
    });
  }

  async function begin(socket: WebSocket, request: FastifyRequest): Promise<void> {
    const last = lastEventId(request);
    const started = firstMessage(socket);
    const from = await startOf(parts.master.events, last);
    if (!(await started)) return socket.close(1008, 'The first message did not come.');
    const isNumbered = last !== undefined;
    parts.streams.open({
      caller: callerOf(request),
      wish: wishOf(request, false),
      from,
      frame: isNumbered ? numberedFrame : plainFrame,
      form: isNumbered ? 'ws numbered' : 'ws',
      sink: socketSink(socket),
    });
  }
}

function socketSink(socket: WebSocket): Sink {
  let drained: () => void = () => undefined;
  let isFull = false;
  const sent = (): void => {
    if (!isFull || socket.bufferedAmount > waitingBytesMax / 2) return;
    isFull = false;
    drained();
  };
  return {
    write: (frames) => {
      for (const frame of frames.toString().split(separator)) if (frame !== '') socket.send(frame, sent);
      isFull = socket.bufferedAmount > waitingBytesMax;
      return !isFull;
    },
    onDrain: (listener) => {
      drained = listener;
    },
    onClose: (listener) => void socket.once('close', listener),
    beat: () => socket.ping(),
    end: (reason) => {
      socket.close(1008, reason.slice(0, 120));
      const timer = setTimeout(() => socket.terminate(), graceMs);
      timer.unref();
      socket.once('close', () => clearTimeout(timer));
    },
  };
}
