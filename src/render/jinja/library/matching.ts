import { PyTuple, type Value } from '../../../core/index.ts';
import type { PyObject } from '../run/values.ts';
import { type Call, textIn } from './function.ts';
import { type Match, PatternError, Regex } from './regex/index.ts';
import { parseReplacement } from './regex/replacement.ts';

/** Runs a step with a pattern; what is none is a ValueError of the template. */
function withPattern<T>(call: Call, pattern: string, step: () => T): T {
  call.rt.step(pattern.length);
  try {
    return step();
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    const shown = pattern.length > 80 ? `${pattern.slice(0, 80)}…` : pattern;
    return call.rt.valueError(`'${shown}' is not a regular expression: ${error.message}`);
  }
}

function flagsAt(call: Call, at: number): { ignoreCase: boolean; multiline: boolean } {
  return { ignoreCase: call.flag(at), multiline: call.flag(at + 1) };
}

const stepsOf = (call: Call) => (steps: number) => call.rt.step(steps);

/** Whether the text matches from its start on, as `match.pcre` and its kin ask. */
export function startsWithPattern(call: Call, pattern: string, text: string): boolean {
  return withPattern(call, pattern, () => new Regex(pattern, {}).match(text, stepsOf(call)) !== null);
}

/** Applies the pattern in the first argument, with the flags behind it. */
export function matches(call: Call, self: Value | PyObject, use: 'match' | 'search'): Match | null {
  const pattern = call.text(0);
  const text = textIn(call, self);
  return withPattern(call, pattern, () => new Regex(pattern, flagsAt(call, 1))[use](text, stepsOf(call)));
}

/** The groups as a tuple; without groups the whole match; None without a match. */
export function groupsOf(match: Match | null): Value {
  if (match === null) return null;
  return new PyTuple(match.groups.length === 1 ? match.groups : match.groups.slice(1));
}

/** Every match in the text replaced by the template in the second argument. */
export function replaceAll(call: Call, self: string): string {
  const pattern = call.text(0);
  return withPattern(call, pattern, () => {
    const regex = new Regex(pattern, flagsAt(call, 2));
    const replacement = parseReplacement(call.text(1), regex);
    const characters = Array.from(self);
    let made = '';
    let done = 0;
    for (const { start, end, groups } of regex.all(self, stepsOf(call))) {
      const text = replacement
        .map((part) => (typeof part === 'string' ? part : (groups[part] ?? '')))
        .join('');
      call.rt.spend(text.length);
      made += characters.slice(done, start).join('') + text;
      done = end;
    }
    return made + characters.slice(done).join('');
  });
}
