import type { FastifyReply, FastifyRequest } from 'fastify';
import { toJson, type Value } from '../../core/index.ts';
import { dumpYaml } from '../../render/index.ts';
import { HttpError } from '../server/http-error.ts';

/** The forms of answers, best first. */
const forms: Readonly<Record<string, (value: Value) => string>> = {
  'application/json': (value) => toJson(value),
  'application/x-yaml': (value) => `${dumpYaml(value, { flow: false })}\n`,
};

const types: readonly string[] = Object.keys(forms);

/**
 * The form that the client accepts, by its `Accept` header with weights and wildcards. Throws 406, with
 * salt-api's sentence.
 */
export function acceptedType(accept: string | undefined): string {
  if (accept === undefined || accept.trim() === '') return 'application/json';
  const wishes = accept
    .split(',')
    .map((part) => {
      const [range = '', ...parameters] = part.split(';').map((word) => word.trim());
      const q = parameters.find((parameter) => parameter.startsWith('q='));
      return { range: range.toLowerCase(), weight: q === undefined ? 1 : Number(q.slice(2)) };
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight);
  for (const { range } of wishes) {
    if (range === '*/*') return 'application/json';
    const found = range.endsWith('/*')
      ? types.find((type) => type.startsWith(range.slice(0, -1)))
      : types.find((type) => type === range);
    if (found !== undefined) return found;
  }
  const resource = `this resource only emits these media types: ${types.join(', ')}`;
  throw new HttpError(406, `Your client sent this Accept header: ${accept.slice(0, 200)}. But ${resource}.`);
}

/** Sends a value in the form that the client accepts. */
export function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  value: Value,
  status = 200,
): FastifyReply {
  const type = acceptedType(request.headers.accept);
  const form = forms[type] ?? toJson;
  // As bytes, because Fastify adds a charset to texts and salt-api sends none.
  return reply
    .code(status)
    .header('content-type', type)
    .send(Buffer.from(form(value)));
}
