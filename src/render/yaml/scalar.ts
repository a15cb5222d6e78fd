import { float, int, type Value } from '../../core/index.ts';

/** Words that YAML 1.1 as PyYAML reads it (no `y`, no `n`) takes for something other than text. */
const words: ReadonlyMap<string, Value> = new Map<string, Value>([
  ...['yes', 'true', 'on'].flatMap((word) => spellings(word, true)),
  ...['no', 'false', 'off'].flatMap((word) => spellings(word, false)),
  ...spellings('null', null),
  ['~', null],
  ['', null],
]);

function spellings(word: string, value: Value): [string, Value][] {
  const capital = word.slice(0, 1).toUpperCase() + word.slice(1);
  return [word, capital, word.toUpperCase()].map((form) => [form, value]);
}

const integer = /^[-+]?(?:0b[01_]+|0[0-7_]+|0|[1-9][0-9_]*|0x[0-9a-fA-F_]+|[1-9][0-9_]*(?::[0-5]?[0-9])+)$/;
const real =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;

/** Python refuses to read longer decimal integers. */
const digitsMax = 4300;
const wordMax = 5;

/** For each ASCII character: 0 when no scalar of another type than text starts with it, 1 word, 2 number. */
const starts: Uint8Array = new Uint8Array(128);
for (const character of 'yYnNtTfFoO~') starts[character.charCodeAt(0)] = 1;
for (const character of '-+.0123456789') starts[character.charCodeAt(0)] = 2;

/**
 * What a plain (unquoted) YAML scalar means to Salt: PyYAML's YAML 1.1 types, with leading zeros stripped
 * from integers instead of read as octal, and timestamps left as text.
 */
export function resolvePlain(text: string): Value {
  if (text === '') return null;
  const start = starts[text.charCodeAt(0)] ?? 0;
  if (start === 0) return text;
  if (start === 1) {
    if (text.length > wordMax) return text;
    const word = words.get(text);
    return word === undefined ? text : word;
  }
  if (text.length > digitsMax) return text;
  if (integer.test(text)) return integerOf(text);
  return real.test(text) ? realOf(text) : text;
}

function integerOf(text: string): Value {
  let digits = text.replaceAll('_', '');
  const negative = digits.startsWith('-');
  const signed = negative || digits.startsWith('+');
  if (signed) digits = digits.slice(1);
  // Salt strips zeros only when nothing stands before them, so `-010` is octal and `010` is ten.
  if (!signed && /^0[^bx]/.test(digits)) digits = digits.replace(/^0+/, '') || '0';
  if (digits === '' || digits === '0b' || digits === '0x') return text;
  let size: bigint;
  if (digits.includes(':')) size = digits.split(':').reduce((sum, part) => sum * 60n + BigInt(part), 0n);
  else size = BigInt(/^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits);
  return int(negative ? -size : size);
}

function realOf(text: string): Value {
  let digits = text.replaceAll('_', '').toLowerCase();
  const sign = digits.startsWith('-') ? -1 : 1;
  if (/^[-+]/.test(digits)) digits = digits.slice(1);
  if (digits === '.inf') return float(sign * Number.POSITIVE_INFINITY);
  if (digits === '.nan') return float(Number.NaN);
  if (digits.includes(':')) {
    return float(sign * digits.split(':').reduce((sum, part) => sum * 60 + Number(part), 0));
  }
  return float(sign * Number(digits));
}

/** Whether the text, written plain, would be read as something other than text. */
export function isImplicit(text: string): boolean {
  return text === '' || typeof resolvePlain(text) !== 'string';
}
