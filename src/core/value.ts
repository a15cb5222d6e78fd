/**
 * Values as events, templates and reactor files know them: Python's values, because Salt's bus and
 * Salt's templates mean those.
 *
 * A map is a `Map`: keys may be integers or null on Salt's bus, order is kept, and no key can reach a
 * JavaScript prototype. A `number` without a fraction is an int and one with a fraction a float; a float
 * without a fraction (`1.0`) is a `PyFloat`, so that it prints and compares as Python does.
 */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | PyFloat
  | Uint8Array
  | Value[]
  | PyTuple
  | ValueMap;

export type ValueMap = Map<Value, Value>;

/** What JSON can say, for callers that live in JavaScript. */
export type Plain =
  | null
  | boolean
  | number
  | string
  | bigint
  | Uint8Array
  | Plain[]
  | { [key: string]: Plain };

/** A Python float whose value has no fraction (or is infinite or not a number). */
export class PyFloat {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/** A Python tuple: immutable, prints with parentheses, hashable. */
export class PyTuple {
  readonly items: readonly Value[];
  constructor(items: readonly Value[]) {
    this.items = items;
  }
}

export function isMap(value: unknown): value is ValueMap {
  return value instanceof Map;
}

/** A float in Python's sense: wraps whole numbers so that they stay floats. */
export function float(value: number): Value {
  return Number.isInteger(value) || !Number.isFinite(value) ? new PyFloat(value) : value;
}

/** An integer in Python's sense: a `number` while it is exact, else a `bigint`. */
export function int(value: bigint): Value {
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}

/** The entry of a map under a string key, or undefined. */
export function get(map: Value | undefined, key: string): Value | undefined {
  return map instanceof Map ? map.get(key) : undefined;
}

/** The string under a key, or undefined when it is missing or something else. */
export function getString(map: Value | undefined, key: string): string | undefined {
  const value = get(map, key);
  return typeof value === 'string' ? value : undefined;
}

/** A map from an object literal, skipping members that are undefined. */
export function mapOf(entries: Record<string, Value | undefined>): ValueMap {
  const map: ValueMap = new Map();
  for (const key of Object.keys(entries)) {
    const value = entries[key];
    if (value !== undefined) map.set(key, value);
  }
  return map;
}

/** JavaScript data (objects, arrays, scalars, Maps) as a `Value`. Throws a TypeError on functions and symbols. */
export function fromPlain(plain: unknown): Value {
  if (plain === null || plain === undefined) return null;
  switch (typeof plain) {
    case 'boolean':
    case 'string':
    case 'bigint':
      return plain;
    case 'number':
      return Number.isFinite(plain) ? plain : new PyFloat(plain);
    case 'object':
      break;
    default:
      throw new TypeError(`a ${typeof plain} is not data`);
  }
  if (plain instanceof PyFloat || plain instanceof PyTuple || plain instanceof Uint8Array) return plain;
  if (Array.isArray(plain)) return plain.map(fromPlain);
  if (plain instanceof Date) return plain.toISOString();
  const entries = plain instanceof Map ? [...plain.entries()] : Object.entries(plain as object);
  return new Map(entries.map(([key, value]) => [fromPlain(key), fromPlain(value)]));
}

/** A `Value` as JavaScript data: maps become objects without a prototype, keys become strings. */
export function toPlain(value: Value): Plain {
  if (value instanceof PyFloat) return value.value;
  if (value instanceof PyTuple) return value.items.map(toPlain);
  if (Array.isArray(value)) return value.map(toPlain);
  if (!(value instanceof Map)) return value;
  const object = Object.create(null) as { [key: string]: Plain };
  for (const [key, item] of value) object[keyText(key)] = toPlain(item);
  return object;
}

/** A map key as JSON writes it (`None` → null, True → true), as Python's json module does. */
export function keyText(key: Value): string {
  if (typeof key === 'string') return key;
  if (key instanceof PyFloat) return `${key.value}.0`;
  if (key === null || typeof key === 'boolean' || typeof key === 'number' || typeof key === 'bigint')
    return String(key);
  return new TextDecoder().decode(key instanceof Uint8Array ? key : undefined);
}

/** What a map holds under a key, as text: scalars as written, everything else (and nothing) as ''. */
export function textAt(map: ValueMap, key: string): string {
  const value = map.get(key);
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean'
    ? String(value)
    : '';
}
