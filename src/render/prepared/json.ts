import type { Value } from '../../core/index.ts';
import { parseJson } from '../jinja/library/json-parse.ts';
import { PyError, pyStr } from '../python/index.ts';
import { RenderFailure, type Source } from '../types.ts';
import { type Collector, mark } from './collector.ts';

/**
 * Reads collected text as JSON. A value inside a string stays inside it; one outside must be JSON as it prints,
 * and a text there may be no more than a number or a word, so that data cannot become structure.
 */
export function readJson(collected: Collector, source: Source): Value {
  const text = fill(collected, source).replace(/^#!.*(?:\n|$)/, '');
  if (text.trim() === '') return new Map();
  try {
    return parseJson(text);
  } catch (error) {
    throw error instanceof PyError ? failure(source, `The file is no JSON: ${error.message}.`) : error;
  }
}

function fill(collected: Collector, source: Source): string {
  const literals = collected.out.split(mark);
  if (literals.length !== collected.values.length + 1)
    throw failure(source, 'The character #x0001 is not allowed in JSON.');
  let text = literals[0] as string;
  let quoted = isOpen(text, false);
  for (const [index, value] of collected.values.entries()) {
    const literal = literals[index + 1] as string;
    text += printed(value, collected.texts[index], quoted, source) + literal;
    quoted = isOpen(literal, quoted);
  }
  return text;
}

/** Whether a piece of text ends inside a string that began in it or before it. */
function isOpen(text: string, before: boolean): boolean {
  let open = before;
  for (const piece of text.match(/\\[\s\S]|"/g) ?? []) if (piece === '"') open = !open;
  return open;
}

const scalar = /^\s*(?:-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null)?\s*$/;

function printed(value: Value, serialised: string | undefined, quoted: boolean, source: Source): string {
  if (quoted) return JSON.stringify(serialised ?? pyStr(value)).slice(1, -1);
  if (serialised !== undefined) return serialised;
  const text = pyStr(value);
  if (typeof value !== 'string' || scalar.test(text)) return text;
  const shown = JSON.stringify(text.slice(0, 60));
  throw failure(source, `The text ${shown} stands in JSON without quotes.`, 'Write {{ … | json }}.');
}

function failure(source: Source, message: string, hint?: string): RenderFailure {
  const place = { file: source.file, line: source.line ?? 1, column: source.column ?? 1 };
  const problem = { code: 'JSON_SYNTAX', severity: 'error' as const, message, ...place };
  return new RenderFailure(hint === undefined ? problem : { ...problem, hint });
}
