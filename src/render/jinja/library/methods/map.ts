import { PyTuple, type Value, type ValueMap } from '../../../../core/index.ts';
import { checkHashable, mapDelete, mapGet, mapSet, PyError, pyRepr } from '../../../python/index.ts';
import { itemsOf, plain, pure, used } from '../../run/convert.ts';
import type { Runtime } from '../../run/runtime.ts';
import { type PyObject, type PyValue, View } from '../../run/values.ts';
import { type Call, type FnTable, fn, table } from '../function.ts';

function mapIn(self: Value | PyObject): ValueMap {
  return self as ValueMap;
}

function keyOf(rt: Runtime, value: PyValue): Value {
  const key = pure(rt, value);
  checkHashable(key);
  return key;
}

/** Puts the entries of a map, or of an iterable of pairs, into the map; then the keywords. */
export function updateMap(
  rt: Runtime,
  map: ValueMap,
  from: PyValue | undefined,
  keywords: ReadonlyMap<string, PyValue>,
): void {
  for (const [key, value] of from === undefined ? [] : pairsOf(rt, from)) {
    rt.spend(1);
    mapSet(map, keyOf(rt, key), value as Value);
  }
  for (const [key, value] of keywords) map.set(key, value as Value);
}

function pairsOf(rt: Runtime, value: PyValue): (readonly [PyValue, PyValue])[] {
  const given = used(rt, value);
  if (given instanceof Map) return [...given];
  return itemsOf(rt, given).map((pair, at) => {
    const items = itemsOf(rt, pair);
    if (items.length === 2) return [items[0] as PyValue, items[1] as PyValue] as const;
    return rt.valueError(
      `dictionary update sequence element #${at} has length ${items.length}; 2 is required`,
    );
  });
}

function pop(call: Call, map: ValueMap): PyValue {
  const key = keyOf(call.rt, call.value(0));
  const found = mapGet(map, key);
  if (found === undefined) {
    if (call.has(1)) return call.value(1);
    throw new PyError('KeyError', `KeyError: ${pyRepr(key)}`);
  }
  mapDelete(map, key);
  return found;
}

function setDefault(call: Call, map: ValueMap): PyValue {
  const key = keyOf(call.rt, call.value(0));
  const found = mapGet(map, key);
  if (found !== undefined) return found;
  call.rt.spend(1);
  mapSet(map, key, call.value(1) as Value);
  return call.value(1);
}

export const mapMethods: FnTable = table({
  clear: fn('', (_call, self) => {
    mapIn(self).clear();
    return null;
  }),
  copy: fn('', (call, self) => {
    call.rt.spend(mapIn(self).size);
    return new Map(mapIn(self));
  }),
  fromkeys: fn('iterable value?', (call) => {
    const keys = itemsOf(call.rt, call.value(0));
    call.rt.spend(keys.length);
    const made: ValueMap = new Map();
    for (const key of keys) mapSet(made, keyOf(call.rt, key), call.value(1) as Value);
    return made;
  }),
  get: fn('key default?', (call, self) => {
    const key = plain(call.value(0));
    const found = typeof key === 'string' ? mapIn(self).get(key) : mapGet(mapIn(self), keyOf(call.rt, key));
    return found === undefined ? call.value(1) : found;
  }),
  items: fn(
    '',
    (_call, self) =>
      new View(
        'dict_items',
        Array.from(mapIn(self), (entry): Value => new PyTuple(entry)),
      ),
  ),
  keys: fn('', (_call, self) => new View('dict_keys', [...mapIn(self).keys()])),
  pop: fn('key default?', (call, self) => pop(call, mapIn(self))),
  popitem: fn('', (_call, self) => {
    const last = [...mapIn(self)].at(-1);
    if (last === undefined) throw new PyError('KeyError', 'popitem(): dictionary is empty');
    mapIn(self).delete(last[0]);
    return new PyTuple(last);
  }),
  setdefault: fn('key default?', (call, self) => setDefault(call, mapIn(self))),
  update: fn('other? **', (call, self) => {
    updateMap(call.rt, mapIn(self), call.values[0], call.extra);
    return null;
  }),
  values: fn('', (_call, self) => new View('dict_values', [...mapIn(self).values()])),
});
