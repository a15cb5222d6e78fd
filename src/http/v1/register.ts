import type { FastifyInstance, FastifyRequest } from 'fastify';
import { BrineError, parseJson, toJson, type Value } from '../../core/index.ts';
import { callerOf } from '../server/authenticate.ts';
import { HttpError } from '../server/http-error.ts';
import type { ApiParts } from '../server/route-group.ts';
import type { Caller } from '../users/caller.ts';
import { mayCall } from '../users/permissions.ts';
import type { Operation } from './operation.ts';

const valuesMax = 100;

/** Bodies are JSON, and nothing else. */
export function takeJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, raw, done) => {
    try {
      const text = new TextDecoder('utf-8', { fatal: true }).decode(raw as Buffer);
      done(null, { json: parseJson(text) });
    } catch {
      done(new HttpError(400, 'Invalid JSON document'));
    }
  });
}

export function registerOperation(app: FastifyInstance, operation: Operation, parts: ApiParts): void {
  const { method, path, run } = operation;
  app.route({
    method,
    url: path.replace('{id}', ':id'),
    config: { access: 'caller' },
    handler: async (request, reply) => {
      const caller = callerOf(request);
      checkPermission(operation, caller);
      const query = queryOf(operation, request);
      const { id = '' } = request.params as { id?: string };
      const answer = await run({ parts, caller, request, reply, query, id, body: bodyOf(request) });
      if (answer === undefined) return reply;
      void reply.header('cache-control', 'no-store').type('application/json');
      return reply.send(Buffer.from(`${toJson(answer)}\n`));
    },
  });
}

function checkPermission({ needs, name }: Operation, caller: Caller): void {
  if (needs === undefined || mayCall(caller.perms, 'runner', `reactor.${needs}`, [], new Map())) return;
  throw new BrineError('FORBIDDEN', `${name} needs the permission @reactor, or reactor.${needs} of @runner.`);
}

/** What was given for the known parameters. Throws BAD_ARGUMENT for any other: a filter that is not known would show too much. */
function queryOf({ query = {} }: Operation, request: FastifyRequest): Map<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const [name, value] of Object.entries(request.query as Record<string, unknown>)) {
    if (!Object.hasOwn(query, name))
      throw new BrineError('BAD_ARGUMENT', `There is no parameter ${name.slice(0, 80)} here.`);
    const values = [value].flat().map(String);
    const isList = query[name]?.schema['type'] === 'array';
    if (values.length > (isList ? valuesMax : 1))
      throw new BrineError('BAD_ARGUMENT', `The parameter ${name} is given too often.`);
    if (values.some((text) => text === ''))
      throw new BrineError('BAD_ARGUMENT', `The parameter ${name} is empty.`);
    found.set(name, values);
  }
  return found;
}

function bodyOf({ body }: FastifyRequest): Value {
  return typeof body === 'object' && body !== null && 'json' in body ? (body.json as Value) : null;
}
