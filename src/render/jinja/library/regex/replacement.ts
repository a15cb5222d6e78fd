import { PatternError } from './nodes.ts';

/** What a replacement needs to know of its pattern. */
interface Groups {
  readonly groupCount: number;
  groupNamed(name: string): number | undefined;
}

const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
};

const piece = /\\(?:g<([^>]*)>|(0[0-7]{0,2}|[1-9]\d?)([0-7]?)|([\s\S]))|\\$/g;

/** A replacement template of Python's `re.sub`: texts, and the numbers of groups. Throws a PatternError. */
export function parseReplacement(template: string, groups: Groups): readonly (string | number)[] {
  const parts: (string | number)[] = [];
  let done = 0;
  for (const found of template.matchAll(piece)) {
    const [whole, name, digits, third = '', letter] = found;
    parts.push(template.slice(done, found.index));
    if (name !== undefined) parts.push(namedGroup(name, groups));
    else if (digits !== undefined) parts.push(...numbered(digits, third, groups));
    else parts.push(escaped(letter, whole));
    done = found.index + whole.length;
  }
  parts.push(template.slice(done));
  return parts;
}

function namedGroup(name: string, groups: Groups): number {
  const index = /^\d+$/.test(name) ? Number(name) : groups.groupNamed(name);
  if (index === undefined) throw new PatternError(`unknown group name '${name}'`);
  return checked(index, groups);
}

function checked(index: number, groups: Groups): number {
  if (index > groups.groupCount) throw new PatternError(`invalid group reference ${index}`);
  return index;
}

/** `\0` and three octal digits are a character; everything else is a group. */
function numbered(digits: string, third: string, groups: Groups): (string | number)[] {
  if (digits.startsWith('0')) return [String.fromCharCode(Number.parseInt(digits, 8)), third];
  if (third === '' || !/^[0-7]{2}$/.test(digits)) return [checked(Number(digits), groups), third];
  const code = Number.parseInt(digits + third, 8);
  if (code > 0o377) throw new PatternError('octal escape value outside of range 0-0o377');
  return [String.fromCharCode(code)];
}

function escaped(letter: string | undefined, whole: string): string {
  if (letter === undefined) throw new PatternError('bad escape (end of pattern)');
  const text = escapes[letter];
  if (text === undefined && /[A-Za-z]/.test(letter)) throw new PatternError(`bad escape \\${letter}`);
  return text ?? whole;
}
