import type { Value, ValueMap } from '../../../../core/index.ts';
import { checkHashable, mapGet, mapSet } from '../../../python/index.ts';
import { itemsOf, list, pure, str, used } from '../../run/convert.ts';
import { deepCopy } from '../../run/runtime.ts';
import type { PyObject, PyValue } from '../../run/values.ts';
import { type Call, type Fn, type FnTable, fn, table } from '../function.ts';
import { updateMap } from '../methods/map.ts';

/** Changes the entry at the end of a path of keys in a copy of the map. */
function changing(change: (call: Call, map: ValueMap, key: Value) => void): Fn {
  return fn('keys value delimiter? ordered_dict?', (call, self: Value | PyObject) => {
    const copy = deepCopy(pure(call.rt, self));
    if (!(copy instanceof Map)) return call.rt.typeError(`${call.name} wants a mapping`);
    const keys = str(call.rt, call.value(0)).split(call.text(2, ':'));
    let map = copy;
    for (const key of keys.slice(0, -1)) {
      let next = mapGet(map, key);
      if (!(next instanceof Map)) {
        next = new Map();
        mapSet(map, key, next);
      }
      map = next;
    }
    call.rt.spend(keys.length + copy.size);
    change(call, map, keys.at(-1) ?? '');
    return copy;
  });
}

function listAt(call: Call, map: ValueMap, key: Value): Value[] {
  const found = map.get(key);
  if (found === undefined) {
    const made: Value[] = [];
    map.set(key, made);
    return made;
  }
  return Array.isArray(found) ? found : call.rt.typeError(`${call.name} wants a list at the end of the path`);
}

function mapAt(call: Call, map: ValueMap, key: Value): ValueMap {
  const found = map.get(key) ?? new Map<Value, Value>();
  if (!(found instanceof Map))
    return call.rt.typeError(`${call.name} wants a mapping at the end of the path`);
  map.set(key, found);
  return found;
}

function entriesOf(call: Call, self: Value | PyObject): Value {
  if (!(self instanceof Map) && !Array.isArray(self))
    return call.rt.typeError('to_entries wants a mapping or a list');
  const items =
    self instanceof Map ? [...self] : itemsOf(call.rt, self).map((item, at) => [at, item] as const);
  call.rt.spend(items.length * 2);
  return items.map(
    ([key, value]): Value =>
      new Map<Value, Value>([
        ['key', key],
        ['value', value as Value],
      ]),
  );
}

function fromEntries(call: Call, self: Value | PyObject): Value {
  const map: ValueMap = new Map();
  for (const item of itemsOf(call.rt, self)) {
    const entry = used(call.rt, item);
    if (!(entry instanceof Map)) return call.rt.typeError('from_entries wants a list of mappings');
    const field = (...names: string[]): Value =>
      entry.get(names.find((name) => entry.has(name)) ?? '') ?? null;
    const key = pure(call.rt, field('key', 'Key', 'name', 'Name'));
    checkHashable(key);
    mapSet(map, key, field('value', 'Value'));
  }
  return map;
}

export const nestedFilters: FnTable = table({
  append_dict_key_value: changing((call, map, key) => {
    listAt(call, map, key).push(call.value(1) as Value);
  }),
  extend_dict_key_value: changing((call, map, key) => {
    const items: readonly PyValue[] = itemsOf(call.rt, call.value(1));
    call.rt.spend(items.length);
    listAt(call, map, key).push(...list(items));
  }),
  from_entries: fn('', fromEntries),
  set_dict_key_value: changing((call, map, key) => {
    map.set(key, call.value(1) as Value);
  }),
  to_entries: fn('', entriesOf),
  update_dict_key_value: changing((call, map, key) => {
    updateMap(call.rt, mapAt(call, map, key), call.value(1), new Map());
  }),
});
