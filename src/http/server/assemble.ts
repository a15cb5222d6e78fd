import { createServer } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import cookie from '@fastify/cookie';
import fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerFactoryHandler,
} from 'fastify';
import { messageOf, type Telemetry } from '../../core/index.ts';
import { authenticate } from './authenticate.ts';
import { HttpError } from './http-error.ts';
import { notFound } from './not-found.ts';
import type { ApiParts } from './route-group.ts';
import { routeGroups } from './routes.ts';
import { followCertificate, readCertificate } from './tls.ts';

const headerBytesMax = 16 * 1024;
const parameterCharsMax = 1024;
const keepAliveMs = 20_000;
/** How often Node looks for requests that take too long. */
const lookMs = 1000;

export interface Assembled {
  readonly app: FastifyInstance;
  /** Ends what follows the certificate. */
  readonly stop: () => void;
}

/** The server with every group of routes, not yet listening. Throws BAD_CONFIG for a certificate that is none. */
export function assemble(parts: ApiParts): Assembled {
  const { api } = parts;
  let stop: () => void = () => undefined;
  const app = fastify({
    logger: false,
    bodyLimit: api.bodyBytesMax,
    forceCloseConnections: true,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: parameterCharsMax },
    serverFactory: (handler) => {
      const made = makeServer(handler, parts);
      stop = made.stop;
      return made.server;
    },
  });
  app.decorateRequest('caller', null);
  void app.register(cookie);
  app.addHook('preClose', (done) => {
    // Readers learn why their stream ends before their connection is closed.
    parts.streams.close('The server stops.');
    done();
  });
  const known = notFound(app);
  count(app, parts);
  guard(app, parts);
  for (const { register } of routeGroups)
    void app.register((scope, _options, done) => {
      scope.addHook('onRoute', known.note);
      register(scope, parts);
      done();
    });
  return { app, stop };
}

function makeServer(
  handler: FastifyServerFactoryHandler,
  { api, clock, telemetry }: ApiParts,
): { server: ReturnType<typeof createServer>; stop: () => void } {
  const limits = {
    maxHeaderSize: headerBytesMax,
    headersTimeout: api.headerTimeoutMs,
    requestTimeout: Math.max(api.bodyTimeoutMs, api.headerTimeoutMs),
    keepAliveTimeout: keepAliveMs,
    connectionsCheckingInterval: Math.min(lookMs, api.headerTimeoutMs),
  };
  const server =
    api.tls === null
      ? createServer(limits, handler)
      : createTlsServer(
          {
            ...limits,
            ...certificateOf(api.tls),
            handshakeTimeout: api.headerTimeoutMs,
            minVersion: 'TLSv1.2',
          },
          handler,
        );
  server.maxConnections = api.connectionsMax;
  const stop =
    api.tls === null
      ? () => undefined
      : followCertificate(server as TlsServer, api.tls, { clock, telemetry });
  return { server: server as ReturnType<typeof createServer>, stop };
}

function certificateOf(files: NonNullable<ApiParts['api']['tls']>): ReturnType<typeof readCertificate> {
  return readCertificate(files);
}

/** Size, then who it is, and only then the body: the order in which requests are refused. */
function guard(app: FastifyInstance, { api, access }: ApiParts): void {
  app.addHook('onRoute', ({ url, config }) => {
    if (config?.access === undefined) throw new Error(`The route ${url} does not say who may use it.`);
  });
  app.addHook('onRequest', async (request, reply) => {
    const length = Number(request.headers['content-length'] ?? 0);
    const limit = request.routeOptions.bodyLimit ?? api.bodyBytesMax;
    if (length > limit) {
      void reply.header('connection', 'close');
      throw new HttpError(413, 'The entity sent with the request exceeds the maximum allowed bytes.');
    }
    if (request.routeOptions.config.access === 'caller') request.caller = authenticate(request, access);
  });
}

/** A client that goes before the answer is one that gave up. */
const gaveUp = 499;

/** Streams last as long as their readers stay, which says nothing of how fast requests are answered. */
function tell(request: FastifyRequest, reply: FastifyReply, tookMs: number, telemetry: Telemetry): void {
  const isStream = String(reply.getHeader('content-type')).startsWith('text/event-stream');
  if (isStream || request.headers.upgrade !== undefined) return;
  const { method, routeOptions } = request;
  const status = reply.raw.writableFinished ? reply.statusCode : gaveUp;
  telemetry.emit({ kind: 'api.answered', method, route: routeOptions.url ?? '', status, tookMs });
}

function count(app: FastifyInstance, { traffic, telemetry, clock }: ApiParts): void {
  app.addHook('onRequest', async (request, reply) => {
    const beganMs = clock.monotonicMs();
    traffic.requests += 1;
    traffic.underWay += 1;
    traffic.bytesRead += Number(request.headers['content-length'] ?? 0);
    let isOver = false;
    const over = (): void => {
      if (isOver) return;
      isOver = true;
      traffic.underWay -= 1;
      traffic.workMs += clock.monotonicMs() - beganMs;
      traffic.bytesWritten += Number(reply.getHeader('content-length') ?? 0);
      tell(request, reply, clock.monotonicMs() - beganMs, telemetry);
    };
    // Fastify does not tell the end of a stream, nor that of a websocket.
    reply.raw.once('close', over);
    if (request.headers.upgrade === undefined) return;
    request.socket.once('close', over);
    // Node leaves a connection that wanted to become something else to whoever refuses it.
    reply.raw.once('finish', () => {
      if (reply.statusCode >= 400) request.socket.destroySoon();
    });
  });
  app.server.on('tlsClientError', () => undefined);
  app.server.on('error', (error) => {
    telemetry.emit({ kind: 'unexpected', where: 'api server', message: messageOf(error) });
  });
}
