import type { FastifyInstance } from 'fastify';
import { setSessionCookie } from '../server/authenticate.ts';
import { HttpError } from '../server/http-error.ts';
import type { ApiParts } from '../server/route-group.ts';
import { acceptedType } from './answer.ts';

const allowedMethods = 'GET, POST';

/**
 * The headers that salt-api gives every answer. A page of another origin may read answers to requests that carry
 * a token; the login cookie does not travel with them.
 */
export function saltHeaders(app: FastifyInstance, { api, clock }: ApiParts): void {
  app.addHook('onRequest', async (request, reply) => {
    void reply.headers({
      'access-control-allow-origin': request.headers.origin ?? '*',
      'access-control-expose-headers': allowedMethods,
      'access-control-allow-credentials': 'true',
      vary: 'Accept-Encoding',
    });
  });
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
