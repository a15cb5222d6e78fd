import { PyTuple, type Value } from '../../../core/index.ts';
import type { Runtime } from '../run/runtime.ts';
import type { PyObject } from '../run/values.ts';
import { type Call, textIn } from './function.ts';

/** Bounds on what is matched, because a backtracking matcher has no step budget. */
const patternMax = 1000;
/** By the number of repetitions in the pattern. */
const subjectMax = [1_000_000, 100_000, 20_000, 3000, 800, 300];
const nestedSubjectMax = 24;

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

/**
 * The longest text for a pattern, because a backtracking matcher cannot be stopped: the more repetitions a
 * pattern has, the faster its worst case grows, and a repetition of a repetition grows exponentially.
 */
function longestSubject(pattern: string, use: RegexUse): number {
  const bare = pattern
    .replace(/\[(?:\\.|[^\]\\])*\]/gs, 'C')
    .replace(/\\[.\-/:,=@ ]/g, '!')
    .replace(/\\./gs, 'C');
  if (repeatsRepetition(bare)) return nestedSubjectMax;
  const repetitions = bare.match(/[*+]|\{\d*,\}/g)?.length ?? 0;
  // A search tries every start, which is one more repetition.
  const tries = repetitions > 0 && use !== 'match' ? repetitions + 1 : repetitions;
  return subjectMax[Math.min(tries, subjectMax.length - 1)] as number;
}

/** Whether a group that is repeated can take the same text in several ways. */
function repeatsRepetition(bare: string): boolean {
  for (const [, body = ''] of bare.matchAll(/\((?:\?:|\?P?<\w+>)?([^()]*)\)[*+{]/g)) {
    const separated = /^[!,;:/=@-]|[!,;:/=@-]$/.test(body);
    if (/[*+]|,\}/.test(body) && !separated) return true;
    const starts = body.split('|').map((option) => option.slice(0, 1));
    if (starts.length > 1 && (new Set(starts).size < starts.length || /[.C]/.test(starts.join(''))))
      return true;
  }
  return /\([^()]*\([^()]*[*+][^()]*\)[^()]*\)[*+{]/.test(bare);
}

export function guardSubject(rt: Runtime, pattern: string, subject: string, use: RegexUse): void {
  const most = longestSubject(pattern, use);
  if (subject.length > most)
    rt.fail(
      'TEMPLATE_BUDGET',
      `the text has ${subject.length} characters, too many for this pattern (at most ${most})`,
      'a pattern with fewer repetitions, and none inside another, may match longer texts',
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
  const subject = textIn(call, self);
  const flags = { ignoreCase: call.flag(at + 1), multiline: call.flag(at + 2) };
  const regex = pythonRegex(call.rt, pattern, flags, use);
  guardSubject(call.rt, pattern, subject, use);
  regex.lastIndex = 0;
  return regex.exec(subject);
}

export function groupsOf(match: RegExpExecArray | null): Value {
  if (match === null) return null;
  const groups = match.length === 1 ? match.slice(0, 1) : match.slice(1);
  return new PyTuple(groups.map((group): Value => group ?? null));
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
