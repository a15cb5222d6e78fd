import type { Value, ValueMap } from '../../../../core/index.ts';
import { mapGet, mapSet, PyError, pyEquals } from '../../../python/index.ts';
import { deepCopy } from '../../run/runtime.ts';
import { type Call, type FnTable, fn, table } from '../function.ts';

/** Salt's `dictupdate.update`: changes and returns `into`. Lists of one key are joined or replaced. */
export function updateDeep(into: ValueMap, from: ValueMap, mergeLists: boolean, recursive = true): ValueMap {
  for (const [key, value] of from) {
    const there = recursive ? mapGet(into, key) : undefined;
    if (there instanceof Map && value instanceof Map) updateDeep(there, value, mergeLists);
    else if (mergeLists && Array.isArray(there) && Array.isArray(value))
      mapSet(into, key, [...there, ...value.filter((item) => !there.some((known) => pyEquals(known, item)))]);
    else mapSet(into, key, value);
  }
  return into;
}

/** A merged copy; the values themselves stay. */
export function mergedCopy(a: Value, b: Value, mergeLists = false): ValueMap {
  const copy = deepCopy(a);
  if (!(copy instanceof Map && b instanceof Map))
    throw new PyError('TypeError', 'Cannot update using non-dict types in dictupdate.update()');
  return updateDeep(copy, deepCopy(b) as ValueMap, mergeLists);
}

function mergeInList(a: Value, b: Value): ValueMap {
  if (!(a instanceof Map && b instanceof Map)) throw new PyError('TypeError', 'merging wants two mappings');
  const made: ValueMap = new Map();
  for (const [key, value] of a)
    made.set(key, mapGet(b, key) === undefined ? value : [value, mapGet(b, key) as Value]);
  for (const [key, value] of b) if (mapGet(a, key) === undefined) made.set(key, value);
  return made;
}

function merge(call: Call, a: Value, b: Value, strategy: string, mergeLists: boolean): ValueMap {
  call.rt.step(sizeOf(a) + sizeOf(b));
  if (strategy === 'list') return mergeInList(a, b);
  if (strategy === 'aggregate')
    return call.rt.fail('TEMPLATE_LOOKUP', "merging by 'aggregate' is not supported");
  return mergedCopy(a, b, strategy === 'none' ? false : mergeLists);
}

/** How many values a value holds, itself included. */
export function sizeOf(value: Value): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + sizeOf(item), 1);
  if (!(value instanceof Map)) return 1;
  let sum = 1;
  for (const item of value.values()) sum += sizeOf(item);
  return sum;
}

function mergeAll(call: Call): Value {
  const list = call.data(0);
  if (!Array.isArray(list)) return call.rt.typeError('slsutil.merge_all wants a list of mappings');
  let made: Value = new Map<Value, Value>();
  for (const item of list) made = merge(call, made, item, call.text(1, 'smart'), call.flag(3));
  return made;
}

/** What Salt's `config.merge`-like functions do with maps. */
export const mergeFunctions: FnTable = table({
  'slsutil.merge': fn('obj_a obj_b strategy? renderer? merge_lists?', (call) =>
    merge(call, call.data(0), call.data(1), call.text(2, 'smart'), call.flag(4)),
  ),
  'slsutil.merge_all': fn('lst strategy? renderer? merge_lists?', mergeAll),
  'slsutil.update': fn('dest upd recursive_update? merge_lists?', (call) => {
    const [into, from] = [call.data(0), call.data(1)];
    if (!(into instanceof Map && from instanceof Map))
      return call.rt.typeError('Cannot update using non-dict types in dictupdate.update()');
    call.rt.step(sizeOf(into) + sizeOf(from));
    return updateDeep(
      deepCopy(into) as ValueMap,
      deepCopy(from) as ValueMap,
      call.flag(3),
      call.flag(2, true),
    );
  }),
  'defaults.merge': fn('dest src merge_lists? in_place? convert_none?', (call) =>
    merge(call, call.data(0), call.data(1), 'recurse', call.flag(2)),
  ),
  'defaults.deepcopy': fn('source', (call) => deepCopy(call.data(0))),
});
