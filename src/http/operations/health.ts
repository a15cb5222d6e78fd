import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ApiParts } from '../server/route-group.ts';
import { readiness } from './readiness.ts';
import { sharedAnswer } from './shared-answer.ts';

const open = { config: { access: 'open' } } as const;

/**
 * `/healthz`: this process answers; whoever restarts it when it does not must not do so because another one is
 * away. `/readyz`: requests and events get through.
 */
export function healthRoutes(app: FastifyInstance, parts: ApiParts): void {
  const ready = sharedAnswer(parts.clock, () => readiness(parts));
  app.get('/healthz', open, async (_request, reply) => send(reply, 200, { live: true }));
  app.get('/readyz', open, async (_request, reply) => {
    const answer = await ready();
    return send(reply, answer.ready ? 200 : 503, answer);
  });
}

function send(reply: FastifyReply, status: number, answer: object): FastifyReply {
  return reply
    .code(status)
    .headers({ 'content-type': 'application/json', 'cache-control': 'no-store' })
    .send(Buffer.from(`${JSON.stringify(answer)}\n`));
}
