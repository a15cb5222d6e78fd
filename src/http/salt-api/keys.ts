import type { FastifyInstance } from 'fastify';
import { get, getString, mapOf, type Value } from '../../core/index.ts';
import { addressOf, authenticate, secretOf } from '../server/authenticate.ts';
import { bodyOf } from '../server/body.ts';
import { HttpError } from '../server/http-error.ts';
import type { ApiParts } from '../server/route-group.ts';
import { answer } from './answer.ts';
import { callerOfChunk } from './chunk-caller.ts';
import { runLowstate } from './execute.ts';
import { lowstateOf } from './lowstate.ts';
import { tarOf } from './tar.ts';

/** The minions' keys, and a new pair for a minion that is accepted beforehand. */
export function keysRoutes(app: FastifyInstance, parts: ApiParts): void {
  app.get<{ Params: { mid?: string } }>(
    '/keys/:mid?',
    { config: { access: 'open' } },
    async (request, reply) => {
      const { access } = parts;
      const secret = secretOf(request);
      if (secret === undefined) throw new HttpError(401, 'No authentication credentials given');
      request.caller = authenticate(request, access, secret);
      const mid = request.params.mid ?? '';
      const chunk = mid === '' ? mapOf({ fun: 'key.list_all' }) : mapOf({ fun: 'key.finger', match: mid });
      const { caller } = request;
      const returned = await runLowstate([chunk.set('client', 'wheel')], async () => caller, {
        parts,
        reply,
      });
      return answer(request, reply, mapOf({ return: returnOf(returned) }));
    },
  );
  app.post('/keys', { config: { access: 'body' } }, async (request, reply) => {
    const [first, ...rest] = lowstateOf(bodyOf(request).value);
    if (first === undefined || rest.length > 0) throw new HttpError(400, 'Give one lowstate with `mid`.');
    const chunk = new Map(first).set('client', 'wheel').set('fun', 'key.gen_accept');
    const mid = chunk.get('mid') ?? chunk.get('id_');
    if (typeof mid !== 'string') throw new HttpError(400, 'Give the name of the minion as `mid`.');
    chunk.delete('mid');
    chunk.set('id_', mid);
    const secret = secretOf(request);
    const isOwn = chunk.has('token') || chunk.has('eauth') || secret === undefined;
    const returned = await runLowstate(
      [chunk],
      async (low) =>
        isOwn
          ? callerOfChunk(low, addressOf(request), parts.access)
          : authenticate(request, parts.access, secret),
      { parts, reply },
    );
    const pair = returnOf(returned);
    const tar = tarOf([
      { name: 'minion.pub', text: getString(pair, 'pub') ?? '' },
      { name: 'minion.pem', text: getString(pair, 'priv') ?? '' },
    ]);
    return reply
      .headers({
        'content-type': 'application/x-tar',
        'content-disposition': `attachment; filename="saltkeys-${fileName(mid)}.tar"`,
        'cache-control': 'no-cache',
      })
      .send(tar);
  });
}

/** What the wheel of the only chunk returned. Throws 400 with its text when it failed. */
function returnOf([facts]: readonly Value[]): Value {
  const data = get(facts, 'data');
  const returned = get(data, 'return') ?? new Map();
  if (get(data, 'success') !== true && typeof returned === 'string') throw new HttpError(400, returned);
  return returned;
}

/** A name that stays within the quotes of a header. */
function fileName(mid: string): string {
  return mid.replaceAll(/[^\w.-]/g, '_').slice(0, 200);
}
