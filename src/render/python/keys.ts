import { PyTuple, type Value, type ValueMap } from '../../core/index.ts';
import { mapFind } from './equality.ts';
import { PyError, pyTypeName } from './types.ts';

/** Throws Python's TypeError for a value that cannot be a key of a map. */
export function checkHashable(key: Value): void {
  if (key === null || typeof key !== 'object') return;
  if (key instanceof PyTuple) for (const item of key.items) checkHashable(item);
  else if (key instanceof Map || Array.isArray(key))
    throw new PyError('TypeError', `unhashable type: '${pyTypeName(key)}'`);
}

/** `map[key]` or undefined. */
export function mapGet(map: ValueMap, key: Value): Value | undefined {
  const found = mapFind(map, key);
  return found === undefined ? undefined : map.get(found);
}

export function mapHas(map: ValueMap, key: Value): boolean {
  return mapFind(map, key) !== undefined;
}

/** `map[key] = value`: an equal key that is there keeps its own form and its position. */
export function mapSet(map: ValueMap, key: Value, value: Value): void {
  const found = typeof key === 'string' || key === null ? key : mapFind(map, key);
  map.set(found === undefined ? key : found, value);
}

/** `del map[key]`; false when it was not there. */
export function mapDelete(map: ValueMap, key: Value): boolean {
  const found = mapFind(map, key);
  return found !== undefined && map.delete(found);
}

/** A map of Python's meaning from pairs, the last one winning. Throws for keys that are not hashable. */
export function mapFrom(pairs: Iterable<readonly [Value, Value]>): ValueMap {
  const map: ValueMap = new Map();
  for (const [key, value] of pairs) {
    checkHashable(key);
    mapSet(map, key, value);
  }
  return map;
}
