import type { FastifyInstance } from 'fastify';
import { mapOf } from '../../core/index.ts';
import { addressOf, callerOf } from '../server/authenticate.ts';
import { bodyOf } from '../server/body.ts';
import type { ApiParts } from '../server/route-group.ts';
import { answer } from './answer.ts';
import { chunkCallers } from './chunk-caller.ts';
import { runLowstate } from './execute.ts';
import { refuseQuery } from './headers.ts';
import { lowstateOf } from './lowstate.ts';
import { welcome } from './welcome.ts';

/** `/` for whoever is logged in, and `/run` for chunks that bring their credentials. */
export function runRoutes(app: FastifyInstance, parts: ApiParts): void {
  app.get('/', { config: { access: 'open' } }, async (request, reply) => {
    refuseQuery(request.query);
    return answer(request, reply, welcome());
  });
  app.post('/', { config: { access: 'caller' } }, async (request, reply) => {
    const chunks = lowstateOf(bodyOf(request).value);
    const caller = callerOf(request);
    const returns = await runLowstate(chunks, async () => caller, { parts, reply });
    return answer(request, reply, mapOf({ return: returns }));
  });
  app.get('/run', { config: { access: 'open' } }, async (request, reply) => {
    refuseQuery(request.query);
    return answer(request, reply, welcome());
  });
  app.post('/run', { config: { access: 'body' } }, async (request, reply) => {
    const chunks = lowstateOf(bodyOf(request).value);
    const callers = chunkCallers(addressOf(request), parts.access);
    const returns = await runLowstate(chunks, callers, { parts, reply });
    return answer(request, reply, mapOf({ return: returns }));
  });
}
