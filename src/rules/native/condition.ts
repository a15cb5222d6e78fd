import type { Place } from '../../core/index.ts';
import { compileExpression, type RenderEnv } from '../../render/index.ts';
import type { YamlSource } from '../files/yaml-source.ts';
import type { Condition, ConditionPart } from '../types.ts';

type Path = readonly (string | number)[];

/** Compiles an `if`. Problems go to the source; then there is no condition. */
export function compileCondition(
  source: YamlSource,
  env: RenderEnv,
  text: string,
  place: Place,
): Condition | null {
  const whole = compileExpression({ ...place, text }, env);
  if (!whole.ok) {
    source.add(whole.problems);
    return null;
  }
  source.written({ ...place, text }, 'expression');
  const pieces = splitAtAnd(text);
  const parts: ConditionPart[] = [];
  for (const { text: piece, start } of pieces) {
    const multiLine = text.includes('\n');
    const at = multiLine ? place : { ...place, column: place.column + start };
    const compiled = compileExpression({ ...at, text: piece }, env);
    // What does not stand alone is better judged as a whole.
    if (!compiled.ok) return { text, parts: [{ expression: whole.value, paths: pathsOf(text) }] };
    parts.push({ expression: compiled.value, paths: pathsOf(piece) });
  }
  return { text, parts };
}

const token = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[A-Za-z_]\w*|[([{]|[)\]}]|\s+|[^]/g;

/** Cuts `a and b and c` at its outermost `and`s; an `or` or an `if … else` outside brackets binds them all. */
export function splitAtAnd(text: string): { text: string; start: number }[] {
  const cuts: { start: number; end: number }[] = [];
  let depth = 0;
  for (const match of text.matchAll(token)) {
    const [word] = match;
    if (/^[([{]$/.test(word)) depth += 1;
    else if (/^[)\]}]$/.test(word)) depth -= 1;
    else if (depth === 0 && (word === 'or' || word === 'if')) return [{ text, start: 0 }];
    else if (depth === 0 && word === 'and') cuts.push({ start: match.index, end: match.index + 3 });
  }
  const starts = [0, ...cuts.map((cut) => cut.end)];
  return starts.map((start, i) => {
    const piece = text.slice(start, cuts[i]?.start ?? text.length);
    const blank = piece.length - piece.trimStart().length;
    return { text: piece.trim(), start: start + blank };
  });
}

const quoted = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g;
/** Names of filters and tests, which are no variables. */
const called = /\|\s*\w+|\bis\s+(?:not\s+)?\w+/g;
/** `data.get('x', …)` looks at `data.x`. */
const getCall = /\.get\(\s*(\ue000\d+\ue000)[^()]*\)/g;
const path = /(?<![\w.])[A-Za-z_]\w*(?!\w*\s*\()(?:\.[A-Za-z_]\w*(?!\w*\s*\()|\[(?:\d+|\ue000\d+\ue000)\])*/g;
const words = new Set('and or not in is if else true false none True False None'.split(' '));

/** The variables and members that an expression looks at, for showing the values it saw. */
export function pathsOf(text: string): Path[] {
  const strings: string[] = [];
  // Strings step aside, so that their content is not taken for names.
  const bare = text.replace(quoted, (string) => `\ue000${strings.push(string.slice(1, -1)) - 1}\ue000`);
  const seen = new Map<string, Path>();
  const names = bare.replace(getCall, '[$1]').replace(called, ' , ');
  for (const [found] of names.matchAll(path)) {
    const steps: (string | number)[] = [];
    for (const [, name, index, string] of found.matchAll(
      /\.?([A-Za-z_]\w*)|\[(?:(\d+)|\ue000(\d+)\ue000)\]/g,
    )) {
      steps.push(name ?? (string === undefined ? Number(index) : (strings[Number(string)] ?? '')));
    }
    if (!words.has(String(steps[0]))) seen.set(JSON.stringify(steps), steps);
  }
  return [...seen.values()];
}
