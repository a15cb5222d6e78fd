import type { FastifyInstance } from 'fastify';
import { mapOf, textAt, type Value } from '../../core/index.ts';
import { callerOf } from '../server/authenticate.ts';
import { bodyOf } from '../server/body.ts';
import type { ApiParts } from '../server/route-group.ts';
import { answer } from './answer.ts';
import { runLowstate } from './execute.ts';
import { refuseQuery } from './headers.ts';
import { lowstateOf } from './lowstate.ts';

const config = { access: 'caller' } as const;

/** Grains of minions, and jobs that are started and not waited for. */
export function minionsRoutes(app: FastifyInstance, parts: ApiParts): void {
  app.get<{ Params: { mid?: string } }>('/minions/:mid?', { config }, async (request, reply) => {
    refuseQuery(request.query);
    const caller = callerOf(request);
    const chunk = mapOf({ client: 'local', tgt: request.params.mid || '*', fun: 'grains.items' });
    const returns = await runLowstate([chunk], async () => caller, { parts, reply });
    return answer(request, reply, mapOf({ return: returns }));
  });
  app.post('/minions', { config }, async (request, reply) => {
    const caller = callerOf(request);
    const chunks = lowstateOf(bodyOf(request).value);
    for (const chunk of chunks) chunk.set('client', 'local_async');
    const jobs = await runLowstate(chunks, async () => caller, { parts, reply });
    const links = jobs
      .filter((job): job is Map<Value, Value> => job instanceof Map && job.size > 0)
      .map((job) => mapOf({ href: `/jobs/${textAt(job, 'jid')}` }));
    return answer(request, reply, mapOf({ return: jobs, _links: mapOf({ jobs: links }) }), 202);
  });
}
