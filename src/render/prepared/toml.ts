import { parse, TomlDate, TomlError } from 'smol-toml';
import { float, int, type Value } from '../../core/index.ts';
import { pyStr } from '../python/index.ts';
import { RenderFailure, type Source } from '../types.ts';
import { type Collector, mark } from './collector.ts';

/**
 * Reads collected text as TOML. A value inside a string comes into it after the text was parsed; one outside must
 * be TOML as it prints, and a text there may be no more than a number or a word.
 */
export function readToml(collected: Collector, source: Source): Value {
  const text = fill(collected, source);
  try {
    return valueOf(parse(text, { integersAsBigInt: true, maxDepth: 200 }), collected);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [what = ''] = error.message.split('\n');
    throw failure(source, `The file is no TOML: ${what.replace(/^Invalid TOML document: /, '')}.`);
  }
}

/** A slot inside a string, by its number; the characters have no meaning, and none of them may stand in the file. */
const inside = /\u{f0000}(\d+)\u{f0001}/gu;

function fill(collected: Collector, source: Source): string {
  const literals = collected.out.split(mark);
  if (literals.length !== collected.values.length + 1 || /[\u{f0000}\u{f0001}]/u.test(collected.out))
    throw failure(source, 'The characters #x0001, #xf0000 and #xf0001 are not allowed in TOML.');
  let text = literals[0] as string;
  let open = stateAfter(text, '');
  for (const [index, value] of collected.values.entries()) {
    if (open === '') text += bare(value, collected.texts[index], source);
    else if (open !== '#') text += `\u{f0000}${index}\u{f0001}`;
    const literal = literals[index + 1] as string;
    text += literal;
    open = stateAfter(literal, open);
  }
  return text;
}

/** What is open behind a piece of text: the quotes of a string, `#` for a comment, nothing. */
function stateAfter(text: string, before: string): string {
  let open = before;
  for (const piece of text.match(/"""|'''|\\[\s\S]|["'#\n]/g) ?? []) {
    if (open === '') open = piece.startsWith('\\') || piece === '\n' ? '' : piece;
    else if (piece === open || (piece === '\n' && open.length === 1)) open = '';
    else if (piece.startsWith('\\') && open.startsWith("'")) open = piece.endsWith(open) ? '' : open;
  }
  return open;
}

/** A number, a word, a date, a key: nothing that begins or ends anything. */
const word = /^\s*(?:[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|[\w-]*)\s*$/;

function bare(value: Value, serialised: string | undefined, source: Source): string {
  if (serialised !== undefined) return serialised;
  if (typeof value === 'boolean') return String(value);
  const text = pyStr(value);
  if (typeof value !== 'string' || word.test(text)) return text;
  const shown = JSON.stringify(text.slice(0, 60));
  throw failure(source, `The text ${shown} stands in TOML without quotes.`, 'Write "{{ … }}".');
}

/** What the parser made as values, with the slots of its strings and keys put in. */
function valueOf(made: unknown, collected: Collector): Value {
  if (typeof made === 'string') return filled(made, collected);
  if (typeof made === 'bigint') return int(made);
  if (typeof made === 'number') return float(made);
  if (typeof made === 'boolean') return made;
  if (made instanceof TomlDate) return made.toISOString();
  if (Array.isArray(made)) return made.map((item) => valueOf(item, collected));
  const entries = Object.entries(made as object);
  return new Map(entries.map(([key, item]) => [filled(key, collected), valueOf(item, collected)]));
}

function filled(text: string, { values, texts }: Collector): string {
  return text.replace(inside, (_whole, index: string) => {
    const at = Number(index);
    return texts[at] ?? pyStr(values[at] as Value);
  });
}

function failure(source: Source, message: string, hint?: string): RenderFailure {
  const place = { file: source.file, line: source.line ?? 1, column: source.column ?? 1 };
  const problem = { code: 'TOML_SYNTAX', severity: 'error' as const, message, ...place };
  return new RenderFailure(hint === undefined ? problem : { ...problem, hint });
}
