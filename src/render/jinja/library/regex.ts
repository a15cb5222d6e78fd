import { PyTuple, type Value } from '../../../core/index.ts';
import { str } from '../run/convert.ts';
import type { Runtime } from '../run/runtime.ts';
import type { PyObject } from '../run/values.ts';
import type { Call } from './function.ts';

/** Bounds on what is matched, because a backtracking matcher has no step budget. */
const patternMax = 1000;
const subjectMax = 100_000;
const nestedSubjectMax = 60;

interface Flags {
  readonly ignoreCase: boolean;
  readonly multiline: boolean;
}

/** How a pattern is applied: anchored at the start, anywhere, or everywhere. */
export type RegexUse = 'match' | 'search' | 'replace';

const compiled = new Map<string, RegExp>();

/** Python's pattern as a RegExp. Throws a PyError for what is no pattern. */
export function pythonRegex(rt: Runtime, pattern: string, flags: Flags, use: RegexUse): RegExp {
  const key = `${use}${flags.ignoreCase ? 'i' : ''}${flags.multiline ? 'm' : ''}:${pattern}`;
  const known = compiled.get(key);
  if (known !== undefined) return known;
  if (pattern.length > patternMax)
    rt.fail('TEMPLATE_BUDGET', `a pattern may have at most ${patternMax} characters`);
  const inline = /^\(\?([aiLmsux]+)\)/.exec(pattern);
  const letters = inline?.[1] ?? '';
  const body = translate(inline === null ? pattern : pattern.slice(inline[0].length));
  const suffix = use === 'match' ? 'y' : 'g';
  const mode = `${suffix}${flags.ignoreCase || letters.includes('i') ? 'i' : ''}${flags.multiline || letters.includes('m') ? 'm' : ''}${letters.includes('s') ? 's' : ''}`;
  const regex = tryCompile(body, `${mode}u`) ?? tryCompile(body, mode);
  if (regex === undefined) return rt.valueError(`'${pattern}' is not a regular expression`);
  if (compiled.size >= 500) compiled.clear();
  compiled.set(key, regex);
  return regex;
}

function tryCompile(body: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(body, flags);
  } catch {
    return undefined;
  }
}

/** Python's spellings that JavaScript writes otherwise. */
function translate(pattern: string): string {
  return pattern.replace(
    /\\[AZ]|\\[^AZ]|\(\?P<|\(\?P=(\w+)\)|\(\?#[^)]*\)|\[(?:\\.|[^\]\\])*\]|\$/gs,
    (piece, name: string | undefined) => {
      if (piece === '\\A') return '(?<![\\s\\S])';
      if (piece === '\\Z') return '(?![\\s\\S])';
      if (piece === '(?P<') return '(?<';
      if (name !== undefined) return `\\k<${name}>`;
      if (piece.startsWith('(?#')) return '';
      // Python's $ also stands before a last line break.
      return piece === '$' ? '(?=\\n?(?![\\s\\S]))' : piece;
    },
  );
}

/** A repetition of something that repeats, where a matcher may take exponential time. */
const nested = /\([^)]*[*+}|][^)]*\)[*+{]/;

export function guardSubject(rt: Runtime, pattern: string, subject: string): void {
  const most = nested.test(pattern) ? nestedSubjectMax : subjectMax;
  if (subject.length > most)
    rt.fail(
      'TEMPLATE_BUDGET',
      `the text has ${subject.length} characters, too many for this pattern (at most ${most})`,
      most === nestedSubjectMax
        ? 'a group that repeats inside a repetition can take forever; write it flat'
        : undefined,
    );
  rt.step(Math.ceil(subject.length / 16));
}

/** Applies the pattern in argument `at`, with the flags behind it, to the subject. */
export function matches(
  call: Call,
  self: Value | PyObject,
  at: number,
  use: RegexUse,
): RegExpExecArray | null {
  const pattern = call.text(at);
  const subject = str(call.rt, self);
  const flags = { ignoreCase: call.flag(at + 1), multiline: call.flag(at + 2) };
  const regex = pythonRegex(call.rt, pattern, flags, use);
  guardSubject(call.rt, pattern, subject);
  regex.lastIndex = 0;
  return regex.exec(subject);
}

export function groupsOf(match: RegExpExecArray | null): Value {
  return match === null ? null : new PyTuple(match.slice(1).map((group): Value => group ?? null));
}

/** Python's replacement template: `\1`, `\g<name>`, `\n`. */
export function expandTemplate(rt: Runtime, template: string, match: RegExpExecArray): string {
  return template.replace(/\\(?:(\d{1,2})|g<(\w+)>|([\s\S]))/g, (_whole, digits, name, other) => {
    const group = (digits ?? name) as string | undefined;
    if (group === undefined)
      return { n: '\n', t: '\t', r: '\r', '\\': '\\' }[other as string] ?? `\\${other}`;
    const value = /^\d+$/.test(group) ? match[Number(group)] : match.groups?.[group];
    if (value === undefined && /^\d+$/.test(group) && Number(group) >= match.length)
      return rt.valueError(`invalid group reference ${group}`);
    return value ?? '';
  });
}
