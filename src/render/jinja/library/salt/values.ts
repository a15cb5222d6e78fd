import type { Value } from '../../../../core/index.ts';
import { fnmatchCase, pyStr } from '../../../python/index.ts';
import { str } from '../../run/convert.ts';
import { deepCopy, lookUp } from '../../run/runtime.ts';
import type { PyValue } from '../../run/values.ts';
import { follow } from '../filters/value.ts';
import { type Call, type Fn, type FnTable, fn, rawFn, table } from '../function.ts';
import { mergedCopy, updateDeep } from './merge.ts';

/** The map that the render was given under a name; empty without one. */
export function given(call: Call, name: string): Map<Value, Value> {
  const value = lookUp(call.rt.context, name);
  return value instanceof Map ? value : new Map();
}

function found(call: Call, name: string, delimiter: string): Value | undefined {
  return follow(call, given(call, name), call.str(0).split(delimiter)) as Value | undefined;
}

/** `pillar.get`, `grains.get`: a path through a map, or the default. */
function getter(name: string, signature: string, delimiterAt: number): Fn {
  return rawFn(signature, (call) => {
    const value = found(call, name, call.text(delimiterAt, ':'));
    if (value === undefined) return call.value(1, '');
    const fallback = call.flag(2) && name === 'pillar' ? call.data(1) : null;
    return fallback instanceof Map && value instanceof Map ? mergedCopy(fallback, value) : value;
  });
}

function configGet(call: Call): PyValue {
  for (const [at, name] of [
    [4, 'opts'],
    [7, 'grains'],
    [5, 'pillar'],
  ] as const) {
    const value = call.flag(at) ? undefined : found(call, name, call.text(2, ':'));
    if (value !== undefined) return value;
  }
  return call.value(1, '');
}

function configOption(call: Call): PyValue {
  for (const name of ['opts', 'pillar'])
    if (given(call, name).has(call.str(0))) return given(call, name).get(call.str(0)) as Value;
  return call.value(1, '');
}

function items(name: string): Fn {
  return fn('* **', (call) => new Map(given(call, name)));
}

/** The named entries, empty text for what is not there. */
function someItems(name: string): Fn {
  return fn('* **', (call) => {
    const made = new Map<Value, Value>();
    for (const path of call.rest.map((word) => str(call.rt, word)))
      made.set(path, (follow(call, given(call, name), path.split(':')) as Value | undefined) ?? '');
    return made;
  });
}

/** Salt's `filter_by`: the entry whose key, a glob, matches the value of a grain or of the pillar. */
function filterBy(name: string, lookedUp: string | null): Fn {
  return fn('lookup_dict grain? merge? default? base?', (call) => {
    const lookup = call.data(0);
    if (!(lookup instanceof Map)) return call.rt.typeError(`${call.name} wants a mapping`);
    const path = lookedUp === null ? call.text(1) : call.text(1, lookedUp);
    const value = follow(call, given(call, name), path.split(':')) as Value | undefined;
    const wanted = Array.isArray(value) ? value : value === undefined ? [] : [value];
    call.rt.step(lookup.size * (wanted.length + 1));
    const keys = [...lookup.keys()];
    const key = wanted
      .map((each) => keys.find((glob) => fnmatchCase(pyStr(each), pyStr(glob))))
      .find((match) => match !== undefined);
    return based(call, lookup, key === undefined ? lookup.get(call.text(3, 'default')) : lookup.get(key));
  });
}

function based(call: Call, lookup: Map<Value, Value>, chosen: Value | undefined): Value {
  const base = call.value(4) === null ? undefined : lookup.get(call.text(4));
  let result: Value = chosen ?? null;
  if (result === null) result = base ?? null;
  else if (base instanceof Map) result = mergedCopy(base, result);
  const extra = call.data(2);
  if (!(extra instanceof Map) || extra.size === 0) return deepCopy(result);
  return result instanceof Map ? mergedCopy(result, extra) : updateDeep(new Map(), extra, false);
}

/** Functions that look at what the template is given anyway. */
export const valueFunctions: FnTable = table({
  'config.get': rawFn(
    'key default? delimiter? merge? omit_opts? omit_pillar? omit_master? omit_grains?',
    configGet,
  ),
  'config.option': rawFn('value default? **', configOption),
  'environ.get': rawFn(
    'key default?',
    (call) => given(call, '__environ__').get(call.str(0)) ?? call.value(1, ''),
  ),
  'environ.has_value': fn('key value?', (call) => {
    const value = given(call, '__environ__').get(call.str(0));
    return value !== undefined && (call.value(1) === null || value === call.value(1));
  }),
  'grains.filter_by': filterBy('grains', 'os_family'),
  'grains.get': getter('grains', 'key default? delimiter? ordered?', 2),
  'grains.has_value': fn('key', (call) => {
    const value = found(call, 'grains', ':');
    return value !== undefined && value !== null && value !== false && value !== '' && value !== 0;
  }),
  'grains.item': someItems('grains'),
  'grains.items': items('grains'),
  'pillar.filter_by': filterBy('pillar', null),
  'pillar.get': getter('pillar', 'key default? merge? merge_nested_lists? delimiter? pillarenv? saltenv?', 4),
  'pillar.item': someItems('pillar'),
  'pillar.items': items('pillar'),
  'pillar.raw': rawFn('key?', (call) => {
    if (!call.has(0)) return new Map(given(call, 'pillar'));
    return found(call, 'pillar', ':') ?? '';
  }),
});
