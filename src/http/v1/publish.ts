import { packData } from '../../bus/index.ts';
import { BrineError, mapOf, tagFault, type Value } from '../../core/index.ts';
import { digestOf, type OnceKey } from '../publish/delivery-records.ts';
import { traceOfRequest } from '../server/request-trace.ts';
import type { Call, Operation } from './operation.ts';
import { record, ref } from './schemas.ts';

/** How long a key is remembered. */
const keepMs = 24 * 3_600_000;

export const publishEvent: Operation = {
  method: 'POST',
  path: '/v1/events',
  name: 'publishEvent',
  about:
    'Publishes an event and answers when it is durable. With the same key the same event is published once, and each answer has its id.',
  headers: {
    'Idempotency-Key': {
      about: 'Up to 255 characters; remembered for 24 hours, for each credential by itself.',
      schema: { type: 'string', maxLength: 255 },
    },
  },
  body: record({ tag: { type: 'string' } }, { data: { type: 'object' } }),
  answer: ref('Published'),
  run: async (call) => {
    const { body, caller, parts, request, reply } = call;
    const { tag, data } = eventOf(body);
    if (!caller.emit.allows(tag))
      throw new BrineError('FORBIDDEN', 'This tag is not among those that the credential may send.');
    const {
      id,
      seq,
      repeated,
      tag: published,
    } = await parts.once.publish({
      tag,
      data,
      source: caller.asker.source,
      keys: keysOf(call),
      ...traceOfRequest(request, reply, parts),
      digest: digestOf([tag, data], (value) => packData(mapOf({ value }))),
    });
    return mapOf({ id, seq, tag: published, repeated });
  },
};

function eventOf(body: Value): { tag: string; data: Map<Value, Value> } {
  if (!(body instanceof Map)) throw new BrineError('BAD_EVENT', 'The body is a map with `tag` and `data`.');
  for (const key of body.keys())
    if (key !== 'tag' && key !== 'data')
      throw new BrineError('BAD_EVENT', `An event has \`tag\` and \`data\`, and nothing else.`);
  const tag = body.get('tag');
  const data = body.get('data') ?? new Map<Value, Value>();
  if (typeof tag !== 'string') throw new BrineError('BAD_EVENT', '`tag` is a text.');
  const fault = /[\p{Cc}\p{Cs}]/u.test(tag) ? 'the tag holds a control character' : tagFault(tag);
  if (fault !== undefined) throw new BrineError('BAD_EVENT', `${fault}.`);
  if (!(data instanceof Map)) throw new BrineError('BAD_EVENT', '`data` is a map.');
  return { tag, data };
}

function keysOf({ request, caller }: Call): OnceKey[] {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return [];
  if (typeof key !== 'string' || key === '' || key.length > 255)
    throw new BrineError('BAD_ARGUMENT', '`Idempotency-Key` has 1 to 255 characters.');
  return [{ key: JSON.stringify(['v1', caller.kind, caller.name, key]), keepMs }];
}
