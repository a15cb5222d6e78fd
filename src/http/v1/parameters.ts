import { BrineError, mapOf, parseJson, toJson, type Value } from '../../core/index.ts';
import type { Call, Parameter } from './operation.ts';

const limitMax = 1000;
const limitUsual = 100;

/** Parameters that several operations take. */
export const limitParameter: Parameter = {
  about: 'How many at most.',
  schema: { type: 'integer', minimum: 1, maximum: limitMax, default: limitUsual },
};
export const cursorParameter: Parameter = {
  about: 'Where to go on: the `next` of the page before.',
  schema: { type: 'string' },
};
export const tagParameter: Parameter = {
  about: 'Only these tags: beginnings, or globs with `*`, `?` and `[…]`. May be given several times.',
  schema: { type: 'array', items: { type: 'string' } },
};
export const ruleParameter: Parameter = { about: 'Only this rule.', schema: { type: 'string' } };
export const eventParameter: Parameter = { about: 'Only this event, by its id.', schema: { type: 'string' } };

export function one(call: Pick<Call, 'query'>, name: string): string | undefined {
  return call.query.get(name)?.[0];
}

export function limitOf(call: Pick<Call, 'query'>): number {
  const text = one(call, 'limit');
  if (text === undefined) return limitUsual;
  if (/^\d{1,6}$/.test(text) && Number(text) >= 1 && Number(text) <= limitMax) return Number(text);
  throw new BrineError('BAD_ARGUMENT', `\`limit\` is a whole number from 1 to ${limitMax}.`);
}

/** Throws BAD_ARGUMENT for a value that is none of these. */
export function oneOf(
  call: Pick<Call, 'query'>,
  name: string,
  values: readonly string[],
): string | undefined {
  const text = one(call, name);
  if (text === undefined || values.includes(text)) return text;
  throw new BrineError('BAD_ARGUMENT', `\`${name}\` is one of ${values.join(', ')}.`);
}

/** A place in a list as a text that clients hand back and do not read. */
export function cursorText(place: Value | undefined): Value {
  return place === undefined ? null : Buffer.from(toJson(place, { compact: true })).toString('base64url');
}

/** Throws BAD_ARGUMENT for what is no cursor. */
export function cursorOf(call: Pick<Call, 'query'>): Value | undefined {
  const text = one(call, 'cursor');
  if (text === undefined) return undefined;
  try {
    return parseJson(Buffer.from(text, 'base64url').toString());
  } catch {
    throw new BrineError('BAD_ARGUMENT', '`cursor` is the `next` of another page.');
  }
}

/** The caller's and the client's globs, for the reactor. */
export function scopesOf({ caller, query }: Pick<Call, 'caller' | 'query'>): Value {
  const wishes = query.get('tag');
  const tags = wishes?.map((wish) => (/[*?[]/.test(wish) ? wish : `${wish}*`));
  return mapOf({ read: [...caller.read.globs], tags });
}
