import { PyTuple, type Value, type ValueMap } from '../../core/index.ts';
import { numberOf } from './types.ts';

/** Python's `a == b`: `1 == 1.0 == True`, lists and tuples differ, maps ignore order. */
export function pyEquals(a: Value, b: Value): boolean {
  if (a === b) return true;
  const left = numberOf(a);
  if (left !== undefined) {
    const right = numberOf(b);
    return right !== undefined && sameNumber(left, right);
  }
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false;
  if (a instanceof Map) return b instanceof Map && sameMaps(a, b);
  if (Array.isArray(a)) return Array.isArray(b) && sameItems(a, b);
  if (a instanceof PyTuple) return b instanceof PyTuple && sameItems(a.items, b.items);
  if (a instanceof Uint8Array) return b instanceof Uint8Array && sameBytes(a, b);
  return false;
}

/** `==` between ints and floats of either form. */
export function sameNumber(a: number | bigint, b: number | bigint): boolean {
  if (typeof a === typeof b) return a === b;
  const [whole, other] = typeof a === 'bigint' ? [a, b] : [b, a];
  return Number.isInteger(other) && BigInt(other) === whole;
}

function sameItems(a: readonly Value[], b: readonly Value[]): boolean {
  return a.length === b.length && a.every((item, index) => pyEquals(item, b[index] as Value));
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

function sameMaps(a: ValueMap, b: ValueMap): boolean {
  if (a.size !== b.size) return false;
  for (const [key, item] of a) {
    const found = mapFind(b, key);
    if (found === undefined || !pyEquals(item, b.get(found) as Value)) return false;
  }
  return true;
}

/**
 * The key of the map that Python takes for the same one (`True`, `1` and `1.0` are one key), or undefined.
 * Strings and None never equal anything else, so they cost one look-up.
 */
export function mapFind(map: ValueMap, key: Value): Value | undefined {
  if (map.has(key)) return key;
  if (typeof key === 'string' || key === null) return undefined;
  if (typeof key !== 'object') {
    for (const other of twins(key)) if (map.has(other)) return other;
    if (typeof key === 'number' && !Number.isInteger(key)) return undefined;
  }
  for (const candidate of map.keys()) {
    if (typeof candidate === 'string' || candidate === null) continue;
    if ((typeof candidate === 'object' || typeof key === 'object') && pyEquals(candidate, key))
      return candidate;
  }
  return undefined;
}

/** The primitives that equal this one: 1, 1n and true; 0, 0n and false; a whole number and its bigint. */
function twins(key: boolean | number | bigint): readonly Value[] {
  const number = Number(key);
  if (!Number.isInteger(number)) return [];
  const same: Value[] = [number, BigInt(number)];
  if (number === 0 || number === 1) same.push(number === 1);
  return typeof key === 'bigint' && !Number.isSafeInteger(number) ? [] : same;
}
