import type { FastifyRequest } from 'fastify';
import type { Value, ValueMap } from '../../core/index.ts';
import { checkHeaders } from './checks.ts';
import type { Hook } from './hook.ts';

const credentials = ['authorization', 'proxy-authorization', 'cookie', 'x-auth-token', ...checkHeaders];
const secretName = /pass|secret|token|credential|signature|(^|[-_.])(api|access)?[-_.]?key$|^sig$|^auth$/i;
const hidden = '**********';

/** What templates of a hook see. Events are read by many, so nothing that proves who sends is among it. */
export function contextOf(
  hook: Hook,
  request: FastifyRequest,
  content: { readonly text: string; readonly body: Value },
): Map<string, Value> {
  return new Map<string, Value>([
    ['hook', hook.settings.name],
    ['body', content.body],
    ['text', content.text],
    ['headers', headersOf(hook, request)],
    ['query', queryOf(request)],
  ]);
}

/** By lower-case names. */
function headersOf({ settings }: Hook, { headers }: FastifyRequest): ValueMap {
  const map: ValueMap = new Map();
  for (const [name, value] of Object.entries(headers)) {
    const isSecret = credentials.includes(name) || name === settings.check.header;
    const text = Array.isArray(value) ? value.join(', ') : (value ?? '');
    map.set(name, isSecret ? hidden : text);
  }
  return map;
}

function queryOf(request: FastifyRequest): ValueMap {
  const map: ValueMap = new Map();
  for (const [name, value] of Object.entries(request.query as Record<string, unknown>)) {
    const texts = [value].flat().filter((text) => typeof text === 'string');
    map.set(name, secretName.test(name) ? hidden : texts.length === 1 ? (texts[0] ?? '') : texts);
  }
  return map;
}
