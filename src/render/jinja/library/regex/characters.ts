import type { CharTest } from './nodes.ts';

/** Flags that change what single characters mean. */
export interface CharFlags {
  readonly ignoreCase: boolean;
  readonly ascii: boolean;
}

const text = (code: number): string => String.fromCodePoint(code);
const inRange = (code: number, low: string, high: string): boolean =>
  code >= low.charCodeAt(0) && code <= high.charCodeAt(0);

const isAsciiDigit: CharTest = (code) => inRange(code, '0', '9');
const isAsciiWord: CharTest = (code) =>
  inRange(code, 'a', 'z') || inRange(code, 'A', 'Z') || isAsciiDigit(code) || code === 0x5f;
const isAsciiSpace: CharTest = (code) => code === 0x20 || (code >= 9 && code <= 13);

const isDigit: CharTest = (code) => (code < 128 ? isAsciiDigit(code) : /\p{Nd}/u.test(text(code)));
const isWordChar: CharTest = (code) => (code < 128 ? isAsciiWord(code) : /[\p{L}\p{N}]/u.test(text(code)));
const isSpace: CharTest = (code) =>
  isAsciiSpace(code) ||
  (code >= 0x1c && code <= 0x1f) ||
  code === 0x85 ||
  (code > 0x85 && /[\p{Z}]/u.test(text(code)));

/** What `\w` means. */
export function wordTest(ascii: boolean): CharTest {
  return ascii ? isAsciiWord : isWordChar;
}

/** What `\d`, `\s`, `\w` and their opposites mean; undefined for another letter. */
export function classTest(letter: string, ascii: boolean): CharTest | undefined {
  const tests: Readonly<Record<string, CharTest>> = {
    d: ascii ? isAsciiDigit : isDigit,
    s: ascii ? isAsciiSpace : isSpace,
    w: wordTest(ascii),
  };
  const test = tests[letter.toLowerCase()];
  if (test === undefined || letter === letter.toLowerCase()) return test;
  return (code) => !test(code);
}

/** The characters that are the same one when case does not matter. */
function variants(code: number, ascii: boolean): readonly number[] {
  if (code < 65) return [code];
  const letter = text(code);
  if (ascii && code >= 128) return [code];
  const forms = [letter.toLowerCase(), letter.toUpperCase(), letter.toUpperCase().toLowerCase()];
  const codes = forms
    .filter((form) => Array.from(form).length === 1)
    .map((form) => form.codePointAt(0) as number);
  return [...new Set([code, ...codes.filter((other) => !ascii || other < 128)])];
}

/** What case leaves of a character. */
export function folded(code: number, ascii: boolean): number {
  if (code < 128) return inRange(code, 'a', 'z') ? code - 32 : code;
  return Math.min(...variants(code, ascii).flatMap((form) => [...variants(form, ascii)]));
}

export function literalTest(wanted: number, { ignoreCase, ascii }: CharFlags): CharTest {
  if (!ignoreCase) return (code) => code === wanted;
  const low = folded(wanted, ascii);
  return (code) => code === wanted || folded(code, ascii) === low;
}

export function setTest(
  tests: readonly CharTest[],
  negated: boolean,
  { ignoreCase, ascii }: CharFlags,
): CharTest {
  const isIn: CharTest = (code) => tests.some((test) => test(code));
  const meant: CharTest = ignoreCase ? (code) => variants(code, ascii).some(isIn) : isIn;
  return negated ? (code) => !meant(code) : meant;
}
