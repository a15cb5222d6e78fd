import type { FastifyInstance, FastifyRequest } from 'fastify';
import { BrineError, mapOf, tagFault, type Value, type ValueMap } from '../../core/index.ts';
import { hookOfPath, hookOfTag } from '../hooks/owned.ts';
import { addressOf, authenticate, unauthorized } from '../server/authenticate.ts';
import { bodyOf } from '../server/body.ts';
import { HttpError } from '../server/http-error.ts';
import { traceOfRequest } from '../server/request-trace.ts';
import type { ApiParts } from '../server/route-group.ts';
import { answer } from './answer.ts';
import { refuseTag } from './emit-limit.ts';

const base = 'salt/netapi/hook';

/** Headers whose values are credentials: an event is read by many. */
const secrets = new Set(['x-auth-token', 'authorization', 'cookie', 'proxy-authorization']);
const hidden = '**********';

/** Events from outside; answered when the master has the event durably. */
export function hookRoute(app: FastifyInstance, parts: ApiParts): void {
  const { api, access, hooks, master } = parts;
  const config = { access: api.hookWithoutLogin ? 'open' : 'caller' } as const;
  app.post<{ Params: { '*'?: string } }>('/hook', { config }, (request, reply) => take(request, reply));
  app.post<{ Params: { '*'?: string } }>('/hook/*', { config }, (request, reply) => take(request, reply));

  async function take(
    request: FastifyRequest<{ Params: { '*'?: string } }>,
    reply: Parameters<typeof answer>[1],
  ): Promise<unknown> {
    const { text, value } = bodyOf(request);
    const names = partsOf(request.params['*'] ?? '');
    const tag = tagOf(names);
    if (hookOfPath(hooks, names) !== undefined)
      throw new HttpError(404, 'This path belongs to a hook of the configuration.');
    const caller = request.caller ?? callerIfAny(request);
    if (caller !== null) refuseTag(caller, tag);
    else if (hookOfTag(hooks, tag) !== undefined) throw unauthorized();
    const data = mapOf({ body: text, post: value ?? new Map(), headers: headersOf(request) });
    const source = caller?.asker.source ?? `api:anybody@${addressOf(request)}`;
    const head = { source, ...traceOfRequest(request, reply, parts) };
    const ack = await master.require().bus.publish([{ tag, data, head }]);
    const [refused] = ack.refused;
    if (refused !== undefined) throw new BrineError(refused.code as BrineError['code'], refused.message);
    return answer(request, reply, mapOf({ success: true }));
  }

  function callerIfAny(request: FastifyRequest): ReturnType<typeof authenticate> | null {
    return request.headers['x-auth-token'] === undefined ? null : authenticate(request, access);
  }
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '');
}

/** The tag of a path: its parts are names, never steps up or down, and nothing in them ends a line. */
function tagOf(parts: readonly string[]): string {
  if (parts.some((part) => part === '.' || part === '..'))
    throw new HttpError(400, 'The path of a hook has no . and no .. in it.');
  const tag = [base, ...parts].join('/');
  const fault = /\p{Cc}/u.test(tag) ? 'the tag holds a control character' : tagFault(tag);
  if (fault !== undefined) throw new HttpError(400, `The path makes no tag: ${fault}.`);
  return tag;
}

/** Headers as salt-api hands them on: every word of a name begins with a capital letter. */
function headersOf(request: FastifyRequest): ValueMap {
  const headers: ValueMap = new Map<Value, Value>([['Remote-Addr', addressOf(request)]]);
  for (const [name, value] of Object.entries(request.headers)) {
    const title = name.replaceAll(
      /(^|-)([a-z])/g,
      (_, dash: string, letter: string) => dash + letter.toUpperCase(),
    );
    const text = Array.isArray(value) ? value.join(', ') : (value ?? '');
    headers.set(title, secrets.has(name) ? hidden : text);
  }
  return headers;
}
