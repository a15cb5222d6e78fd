import type { FastifyInstance } from 'fastify';
import { mapOf, type Value } from '../../core/index.ts';
import { callerOf } from '../server/authenticate.ts';
import { HttpError } from '../server/http-error.ts';
import type { ApiParts } from '../server/route-group.ts';
import { answer } from './answer.ts';
import { runLowstate } from './execute.ts';

const config = { access: 'caller' } as const;

/** The jobs that the master remembers, and one of them with what its minions returned. */
export function jobsRoutes(app: FastifyInstance, parts: ApiParts): void {
  app.get<{ Params: { jid?: string }; Querystring: Record<string, unknown> }>(
    '/jobs/:jid?',
    { config },
    async (request, reply) => {
      const { timeout: _ignored, ...unknown } = request.query;
      if (Object.keys(unknown).length > 0) throw new HttpError(404, 'Nothing matches the given URI');
      const caller = callerOf(request);
      const jid = request.params.jid ?? '';
      const chunk = jid === '' ? mapOf({ fun: 'jobs.list_jobs' }) : mapOf({ fun: 'jobs.list_job', jid });
      const low = chunk.set('client', 'runner');
      const [found = null] = await runLowstate([low], async () => caller, { parts, reply });
      if (jid === '') return answer(request, reply, mapOf({ return: [found] }));
      return answer(request, reply, mapOf({ info: [found], return: [returnsOf(found)] }));
    },
  );
}

function returnsOf(job: Value): Value {
  const result = job instanceof Map ? job.get('Result') : undefined;
  const entries = result instanceof Map ? [...result] : [];
  return new Map(
    entries.map(([id, ret]): [Value, Value] => [id, (ret instanceof Map ? ret.get('return') : null) ?? null]),
  );
}
