import type { FastifyInstance } from 'fastify';
import { setSessionCookie } from '../server/authenticate.ts';
import { HttpError } from '../server/http-error.ts';
import type { ApiParts } from '../server/route-group.ts';
import { acceptedType } from './answer.ts';

const allowedMethods = 'GET, POST';

/**
 * What lets pages of other origins read answers to requests that carry a token. The login cookie does not travel
 * with such requests.
 */
export function corsHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    void reply.headers({
      'access-control-allow-origin': request.headers.origin ?? '*',
      'access-control-expose-headers': allowedMethods,
      'access-control-allow-credentials': 'true',
      vary: 'Accept-Encoding',
    });
  });
}

/** The headers that salt-api gives every answer, and its answers to browsers that ask before they send. */
export function saltHeaders(app: FastifyInstance, { api, clock }: ApiParts): void {
  corsHeaders(app);
  app.addHook('preHandler', async (request, reply) => {
    const { caller } = request;
    if (caller !== null) {
      void reply.header('cache-control', 'private');
      if (caller.session !== null)
        setSessionCookie(reply, caller.session, {
          idleMs: api.sessionIdleMs,
          secure: api.tls !== null,
          nowMs: clock.nowMs(),
        });
    }
    // Nothing is done for a client that could not take the answer.
    acceptedType(request.headers.accept);
  });
  app.options('/*', { config: { access: 'open' } }, async (request, reply) => {
    const method = request.headers['access-control-request-method'];
    if (method === 'GET' || method === 'POST')
      void reply.headers({
        'access-control-allow-methods': allowedMethods,
        'access-control-allow-headers': 'Content-Type, X-Auth-Token, X-Requested-With',
        'access-control-max-age': '1400',
      });
    return reply.code(200).send();
  });
}

/** salt-api has no parameter in the query of its GET routes, and answers 404 to any. */
export function refuseQuery(query: unknown): void {
  if (Object.keys(query as object).length > 0) throw new HttpError(404, 'Nothing matches the given URI');
}
