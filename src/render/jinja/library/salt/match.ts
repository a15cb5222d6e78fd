import type { Value } from '../../../../core/index.ts';
import { fnmatchCase, pyStr } from '../../../python/index.ts';
import { pure, str } from '../../run/convert.ts';
import { deepCopy } from '../../run/runtime.ts';
import type { PyValue } from '../../run/values.ts';
import { follow } from '../filters/value.ts';
import { type Call, type Fn, type FnTable, fn, table } from '../function.ts';
import { startsWithPattern } from '../matching.ts';
import { mergedCopy } from './merge.ts';
import { given } from './values.ts';

type Matcher = (call: Call, target: string, id: string) => boolean;

/** `path:to:value` in a map: the value under the longest path that there is, compared with the rest. */
function inMap(name: string, equal: (call: Call, pattern: string, subject: string) => boolean): Matcher {
  return (call, target) => {
    const words = target.split(':');
    for (let depth = words.length - 1; depth > 0; depth -= 1) {
      const value = follow(call, given(call, name), words.slice(0, depth)) as Value | undefined;
      if (value === undefined) continue;
      const pattern = words.slice(depth).join(':');
      const subjects = Array.isArray(value) ? value : value instanceof Map ? [...value.keys()] : [value];
      call.rt.step(subjects.length);
      if (subjects.some((subject) => equal(call, pattern, pyStr(subject)))) return true;
    }
    return false;
  };
}

const globEqual = (_call: Call, pattern: string, subject: string): boolean =>
  fnmatchCase(subject.toLowerCase(), pattern.toLowerCase());

const glob: Matcher = (_call, target, id) => fnmatchCase(id, target);
const list: Matcher = (_call, target, id) => target.split(',').includes(id);
const regex: Matcher = (call, target, id) => startsWithPattern(call, target, id);
const grain: Matcher = inMap('grains', globEqual);
const grainRegex: Matcher = inMap('grains', startsWithPattern);
const pillar: Matcher = inMap('pillar', globEqual);
const pillarRegex: Matcher = inMap('pillar', startsWithPattern);

const engines: Readonly<Record<string, Matcher>> = {
  'E@': regex,
  'G@': grain,
  'I@': pillar,
  'J@': pillarRegex,
  'L@': list,
  'P@': grainRegex,
};

/** Salt's compound target: words joined by `and`, `or`, `not` and parentheses. */
function compound(call: Call, target: string, id: string): boolean {
  const words = target
    .replaceAll('(', ' ( ')
    .replaceAll(')', ' ) ')
    .split(/\s+/)
    .filter((word) => word !== '');
  let at = 0;
  const any = (): boolean => {
    let result = all();
    while (words[at] === 'or') {
      at += 1;
      const right = all();
      result = result || right;
    }
    return result;
  };
  const all = (): boolean => {
    let result = one();
    while (words[at] === 'and') {
      at += 1;
      const right = one();
      result = result && right;
    }
    return result;
  };
  const one = (): boolean => {
    const word = words[at] ?? '';
    at += 1;
    if (word === 'not') return !one();
    if (word !== '(') return single(call, word, id);
    call.rt.enter();
    const result = any();
    call.rt.leave();
    if (words[at] !== ')') call.rt.valueError(`the compound target '${target}' lacks a ')'`);
    at += 1;
    return result;
  };
  const result = any();
  if (at < words.length)
    call.rt.valueError(`the compound target '${target}' cannot be read at '${words[at]}'`);
  return result;
}

function single(call: Call, word: string, id: string): boolean {
  call.rt.step();
  if (!/^[A-Z]@/.test(word)) return glob(call, word, id);
  const engine = engines[word.slice(0, 2)];
  if (engine !== undefined) return engine(call, word.slice(2), id);
  return call.rt.fail(
    'TEMPLATE_LOOKUP',
    `a target of the kind ${word.slice(0, 2)} cannot be matched in a template`,
  );
}

const types: Readonly<Record<string, Matcher>> = {
  compound,
  glob,
  grain,
  grain_pcre: grainRegex,
  list,
  pcre: regex,
  pillar,
  pillar_pcre: pillarRegex,
};

function ownId(call: Call, id: Value): string {
  return id === null ? pyStr(given(call, 'opts').get('id') ?? '') : pyStr(id);
}

function onId(matcher: Matcher): Fn {
  return fn('tgt minion_id?', (call) => matcher(call, call.str(0), ownId(call, call.data(1))));
}

function onMap(matcher: Matcher): Fn {
  return fn('tgt delimiter?', (call) => matcher(call, call.str(0), ''));
}

function matcherOf(call: Call, type: string): Matcher {
  return (
    types[type] ??
    call.rt.fail('TEMPLATE_LOOKUP', `a target of the type ${type} cannot be matched in a template`)
  );
}

/** The value of the first target that matches. */
function filterBy(call: Call): Value {
  const lookup = call.data(0);
  if (!(lookup instanceof Map)) return call.rt.typeError('match.filter_by wants a mapping');
  const matcher = matcherOf(call, call.text(1, 'compound'));
  const id = ownId(call, call.data(2));
  const key = [...lookup.keys()].find((target) => matcher(call, pyStr(target), id));
  const chosen = lookup.get(key === undefined ? call.text(5, 'default') : key) ?? null;
  const extra = call.data(3);
  return extra instanceof Map && extra.size > 0 ? mergedCopy(chosen, extra, call.flag(4)) : deepCopy(chosen);
}

/** `ifelse(target, value, …, default)`: the value behind the first target that matches. */
export function ifElse(call: Call): PyValue {
  const { rest, extra } = call;
  if (rest.length % 2 === 0) call.rt.valueError('the ifelse function must have an odd number of arguments');
  const matcher = matcherOf(call, str(call.rt, extra.get('tgt_type') ?? 'compound'));
  const id = ownId(call, pure(call.rt, extra.get('minion_id') ?? null));
  for (let at = 0; at + 1 < rest.length; at += 2) {
    const target = rest[at] as PyValue;
    if (target === true || (target !== false && matcher(call, str(call.rt, target), id)))
      return rest[at + 1] as PyValue;
  }
  return rest.at(-1) as PyValue;
}

export const matchFunctions: FnTable = table({
  'match.compound': onId(compound),
  'match.filter_by': fn('lookup tgt_type? minion_id? merge? merge_lists? default?', filterBy),
  'match.glob': onId(glob),
  'match.grain': onMap(grain),
  'match.grain_pcre': onMap(grainRegex),
  'match.ifelse': fn('* **', ifElse),
  'match.list': onId(list),
  'match.pcre': onId(regex),
  'match.pillar': onMap(pillar),
  'match.pillar_pcre': onMap(pillarRegex),
});
