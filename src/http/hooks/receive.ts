import type { FastifyRequest } from 'fastify';
import { BrineError, type Problem, type Value, type ValueMap } from '../../core/index.ts';
import type { OnceKey } from '../publish/delivery-records.ts';
import type { Delivery } from '../publish/publish-once.ts';
import { addressOf } from '../server/authenticate.ts';
import type { Marks } from './checks.ts';
import { contentOf } from './content.ts';
import { contextOf } from './context.ts';
import type { Hook } from './hook.ts';
import { faultOf } from './tag.ts';

/** What a delivery, whose sender is known to be the right one, publishes. Throws 400 for what cannot be mapped. */
export function deliveryOf(hook: Hook, request: FastifyRequest, raw: Buffer, marks: Marks): Delivery {
  const content = contentOf(request, raw);
  const context = contextOf(hook, request, content);
  const { name } = hook.settings;
  const problems: Problem[] = [];
  const made = hook.tag(context, problems);
  const data = hook.data === null ? whole(context) : hook.data(context, problems);
  const own = hook.delivery === null ? undefined : hook.delivery(context, problems);
  const [problem] = problems;
  if (problem !== undefined)
    throw new BrineError('BAD_EVENT', `The hook ${name} cannot map this: ${problem.message}.`);
  const tag = typeof made === 'string' ? made : '';
  const fault = faultOf(tag, hook.prefix);
  if (fault !== undefined)
    throw new BrineError('BAD_EVENT', `The hook ${name} makes no tag of this: ${fault}.`);
  return {
    tag,
    data: data instanceof Map ? data : new Map(),
    source: `api:hook:${name}@${addressOf(request)}`,
    keys: keysOf(hook, idOf(own) ?? marks.id(content.body), marks),
  };
}

/** All that came, for hooks without a mapping. */
function whole(context: ReadonlyMap<string, Value>): ValueMap {
  const names = ['hook', 'body', 'headers', 'query'];
  return new Map(names.map((name) => [name, context.get(name) ?? null]));
}

/** Only a text or a number is an id: what a template did not find must not make all deliveries one. */
function idOf(own: Value | undefined): string | undefined {
  const text = typeof own === 'string' || typeof own === 'number' ? String(own) : '';
  return text === '' ? undefined : text;
}

function keysOf({ settings }: Hook, id: string | undefined, marks: Marks): OnceKey[] {
  const { name, dedupMs, replayWindowMs } = settings;
  if (dedupMs === 0) return [];
  const key = (kind: string, value: string): string => JSON.stringify(['hook', name, kind, value]);
  const keys: OnceKey[] = [];
  if (id !== undefined) keys.push({ key: key('id', id), keepMs: dedupMs });
  if (marks.signed !== undefined) keys.push({ key: key('signed', marks.signed), keepMs: dedupMs });
  if (marks.content !== undefined && id === undefined)
    keys.push({ key: key('content', marks.content), keepMs: Math.min(replayWindowMs, dedupMs) });
  return keys;
}
