import {
  BrineError,
  type ErrorCode,
  mapOf,
  messageOf,
  textAt,
  toPlain,
  type Value,
} from '../../core/index.ts';
import { packPlain } from '../codec/batch.ts';
import { packValue, unpackValue } from '../codec/data.ts';

const request = 0;
const reply = 1;
const push = 2;

export function requestHead(number: number, verb: string): Buffer {
  return packPlain([request, number, verb]);
}

export function replyHead(number: number, ok: boolean): Buffer {
  return packPlain([reply, number, ok]);
}

export function pushHead(verb: string): Buffer {
  return packPlain([push, verb]);
}

/** Throws BAD_MESSAGE. */
export function readRequestHead(bytes: Uint8Array): { number: number; verb: string } {
  const head = unpackValue(bytes);
  if (Array.isArray(head) && head[0] === request) {
    const [, number, verb] = head;
    if (typeof number === 'number' && typeof verb === 'string') return { number, verb };
  }
  throw new BrineError('BAD_MESSAGE', 'The first frame is not [0, number, verb].');
}

export type ServerHead =
  | { readonly kind: 'reply'; readonly number: number; readonly ok: boolean }
  | { readonly kind: 'push'; readonly verb: string };

/** What a server's message is; undefined when it is neither. */
export function readServerHead(bytes: Uint8Array): ServerHead | undefined {
  const head = unpackValue(bytes);
  if (!Array.isArray(head)) return undefined;
  const [kind, first, second] = head;
  if (kind === reply && typeof first === 'number')
    return { kind: 'reply', number: first, ok: second === true };
  if (kind === push && typeof first === 'string') return { kind: 'push', verb: first };
  return undefined;
}

/** An error as the other side will throw it. What was not thrown on purpose gives away its message only. */
export function packError(error: unknown): Uint8Array {
  const known = error instanceof BrineError ? error : new BrineError('BAD_MESSAGE', messageOf(error));
  const fields = mapOf(
    Object.fromEntries(
      Object.entries(known.fields).map(([key, value]) => [
        key,
        isScalar(value) ? value : JSON.stringify(value),
      ]),
    ),
  );
  return packValue(mapOf({ code: known.code, message: known.message, fields }));
}

export function unpackError(payload: Uint8Array): BrineError {
  const raw = unpackValue(payload);
  const map = raw instanceof Map ? raw : new Map<Value, Value>();
  const fields = map.get('fields');
  return new BrineError((textAt(map, 'code') || 'BAD_MESSAGE') as ErrorCode, textAt(map, 'message'), {
    fields: fields instanceof Map ? (toPlain(fields) as Record<string, unknown>) : {},
  });
}

function isScalar(value: unknown): value is string | number | boolean | null {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}
