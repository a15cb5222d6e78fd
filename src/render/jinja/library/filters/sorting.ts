import { type Value } from '../../../../core/index.ts';
import { getItem } from '../../run/access.ts';
import { compare, plain } from '../../run/convert.ts';
import type { Runtime } from '../../run/runtime.ts';
import { type PyValue, Undefined } from '../../run/values.ts';

export type KeyOf = (item: PyValue) => PyValue;

/** A stable sort by a key, in Python's order. */
export function sortBy(rt: Runtime, items: readonly PyValue[], keyOf: KeyOf, reverse: boolean): Value[] {
  rt.step(items.length * 4);
  rt.spend(items.length);
  const keyed = items.map((item) => ({ item, key: keyOf(item) }));
  const sign = reverse ? -1 : 1;
  keyed.sort((a, b) => sign * (compare(rt, a.key, b.key) || 0));
  return keyed.map(({ item }) => item as Value);
}

/**
 * How Jinja's filters reach into items: a number, a name, or a dotted path. A part that is not there is
 * `fallback`, or undefined when none is given.
 */
export function pathOf(rt: Runtime, attribute: PyValue, fallback?: PyValue): KeyOf {
  const given = plain(attribute);
  if (given === null) return (item) => item;
  const parts = typeof given === 'string' ? given.split('.') : [given];
  const keys = parts.map(
    (part): PyValue => (typeof part === 'string' && /^\d+$/.test(part) ? Number(part) : part),
  );
  return (item) => {
    let value = item;
    for (const key of keys) {
      value = getItem(rt, value, key);
      // None is no default: it is what Python's signature has for none.
      if (value instanceof Undefined && fallback !== undefined && fallback !== null) value = fallback;
    }
    return value;
  };
}

/** Several paths, separated by commas, as `sort(attribute='a,b')` takes them. */
export function pathsOf(rt: Runtime, attribute: PyValue, ignoreCase: boolean): (item: PyValue) => Value[] {
  const given = plain(attribute);
  const paths = typeof given === 'string' ? given.split(',') : [given];
  const readers = paths.map((path) => pathOf(rt, path));
  return (item) => readers.map((read) => (ignoreCase ? folded(read(item)) : read(item)) as Value);
}

/** Strings without case, for comparisons that ignore it. */
export function folded(value: PyValue): PyValue {
  const given = plain(value);
  return typeof given === 'string' ? given.toLowerCase() : given;
}
