import type { Scalar } from 'yaml';
import type { Value } from '../../core/index.ts';
import { failure } from './parse.ts';
import type { PlainPlace } from './structure.ts';
import type { Slots } from './types.ts';

/** What a serialiser wrote begins so when YAML sees more in it than plain text. */
const opens = /^["'[{]/;

/**
 * Text of a serialiser (`| json`) in a plain scalar with other text: where it begins the scalar, its quotes or brackets
 * end it. Gives the slot whose value the scalar is when nothing but blanks stands beside it. Throws a RenderFailure
 * for anything else, as Salt's YAML does.
 */
export function soleSerialised(
  pieces: readonly string[],
  first: number,
  slots: Slots,
  place: PlainPlace,
): { readonly value: Value } | undefined {
  const start = pieces.findIndex((piece) => piece.trim() !== '');
  // Even pieces are the author's, odd ones fill slots.
  if (start % 2 === 0) return undefined;
  const slot = first + (start - 1) / 2;
  const text = slots.texts[slot];
  if (text === undefined || !opens.test(text)) return undefined;
  if (pieces.slice(start + 1).every((piece) => piece.trim() === ''))
    return { value: slots.values[slot] as Value };
  throw refusal(text, place);
}

/** The same inside quotes: those that the serialiser wrote end the scalar. Throws a RenderFailure. */
export function refuseQuoted(
  type: Scalar.Type | null | undefined,
  first: number,
  count: number,
  slots: Slots,
  place: PlainPlace,
): void {
  for (const text of slots.texts.slice(first, first + count))
    if (text !== undefined && endsQuotes(type, text)) throw refusal(text, place);
}

function endsQuotes(type: Scalar.Type | null | undefined, text: string): boolean {
  if (type === 'QUOTE_SINGLE') return text.startsWith("'");
  return type === 'QUOTE_DOUBLE' && (text.startsWith('"') || /^[[{].*(?<!\\)"/s.test(text));
}

function refusal(text: string, { offset, locate }: PlainPlace): Error {
  const shown = JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
  return failure(
    locate,
    offset,
    'YAML_SYNTAX',
    `The serialised text ${shown} brings its own quotes or brackets, and other text stands beside it.`,
    "Let '{{ … | json }}' be the whole value, without quotes around it, or leave the filter out.",
  );
}
