import { PyTuple, type Value } from '../../core/index.ts';
import { pyEquals, sameNumber } from './equality.ts';
import { numberOf, PyError, pyTypeName } from './types.ts';

/**
 * Negative, zero or positive, as Python orders the values; NaN when a float NaN makes every order false.
 * Throws a PyError (TypeError) for values that Python does not order; `operator` is what its message names.
 */
export function pyCompare(a: Value, b: Value, operator: '<' | '<=' | '>' | '>=' = '<'): number {
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  const left = numberOf(a);
  const right = numberOf(b);
  if (left !== undefined && right !== undefined) {
    if (left < right) return -1;
    if (left > right) return 1;
    return sameNumber(left, right) ? 0 : Number.NaN;
  }
  if (Array.isArray(a) && Array.isArray(b)) return compareItems(a, b, operator);
  if (a instanceof PyTuple && b instanceof PyTuple) return compareItems(a.items, b.items, operator);
  if (a instanceof Uint8Array && b instanceof Uint8Array) return compareItems([...a], [...b], operator);
  throw new PyError(
    'TypeError',
    `'${operator}' not supported between instances of '${pyTypeName(a)}' and '${pyTypeName(b)}'`,
  );
}

function compareItems(a: readonly Value[], b: readonly Value[], operator: '<' | '<=' | '>' | '>='): number {
  for (let index = 0; index < a.length && index < b.length; index += 1) {
    const left = a[index] as Value;
    const right = b[index] as Value;
    if (!pyEquals(left, right)) return pyCompare(left, right, operator);
  }
  return a.length - b.length;
}

/** Orders by code point. JavaScript orders by UTF-16 unit, which puts U+FFFD behind U+1F600. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left !== right) return weight(left) - weight(right);
  }
  return a.length - b.length;
}

function weight(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** Python's `needle in list`: by equality. */
export function pyIncludes(items: readonly Value[], needle: Value): boolean {
  return items.some((item) => pyEquals(item, needle));
}
