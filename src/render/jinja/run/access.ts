import { didYouMean, float, PyFloat, PyTuple, type Value } from '../../../core/index.ts';
import { mapGet } from '../../python/index.ts';
import { characters, index, plain, pure } from './convert.ts';
import { Range } from './objects.ts';
import type { Runtime } from './runtime.ts';
import { type SliceValue, slice } from './slice.ts';
import { Callable, NamedTuple, PyObject, type PyValue, typeName, Undefined } from './values.ts';

const dunder = /^__\w+__$/;

/** `target.name`: a method of the allow-list first, then the item of that name, as Jinja does. */
export function getAttribute(rt: Runtime, target: PyValue, name: string): PyValue {
  const given = plain(target);
  if (given instanceof Map) {
    if (rt.methods.has(given, name)) return boundMethod(given, name);
    const found = given.get(name);
    if (found !== undefined) return found;
    if (dunder.test(name)) return unsafe(rt, given, name);
    return new Undefined(`'dict object' has no attribute '${name}'`, () => nearKey(given, name));
  }
  if (given instanceof Undefined) return rt.undefinedUsed(given);
  if (dunder.test(name)) return unsafe(rt, given, name);
  if (given instanceof PyObject) return attributeOf(rt, given, name);
  const named = given instanceof NamedTuple ? given.named(name) : numberPart(given, name);
  if (named !== undefined) return named;
  return rt.methods.has(given, name) ? boundMethod(given, name) : missing(given, name);
}

/** The parts that every number of Python has. */
function numberPart(given: Value, name: string): Value | undefined {
  const isFloat = given instanceof PyFloat || (typeof given === 'number' && !Number.isInteger(given));
  const isInt =
    !isFloat && (typeof given === 'number' || typeof given === 'bigint' || typeof given === 'boolean');
  if (!isFloat && !isInt) return undefined;
  if (name === 'imag') return isInt ? 0 : float(0);
  if (name === 'denominator' && isInt) return 1;
  const isItself = name === 'real' || (name === 'numerator' && isInt);
  if (!isItself) return undefined;
  return typeof given === 'boolean' ? Number(given) : given;
}

function attributeOf(rt: Runtime, given: PyObject, name: string): PyValue {
  const attribute = given.attribute(name, rt);
  if (attribute !== undefined) return attribute;
  const item = given.item(name, rt);
  return item === undefined ? missing(given, name) : item;
}

function unsafe(rt: Runtime, target: PyValue, name: string): never {
  return rt.fail(
    'TEMPLATE_FORBIDDEN',
    `access to attribute '${name}' of '${typeName(target)}' object is unsafe`,
  );
}

function boundMethod(target: Value, name: string): Callable {
  return new Callable(
    name,
    (rt, args) => rt.methods.call(rt, target, name, args),
    'builtin_function_or_method',
  );
}

function missing(target: PyValue, name: string): Undefined {
  const text = target === null ? "'None'" : `'${typeName(target)} object'`;
  return new Undefined(`${text} has no attribute '${name}'`);
}

/** `target[key]`: the item first, then for a string the attribute. */
export function getItem(rt: Runtime, target: PyValue, key: PyValue): PyValue {
  const given = plain(target);
  const wanted = plain(key);
  if (given instanceof Map) return itemOfMap(rt, given, wanted);
  if (given instanceof Undefined) return rt.undefinedUsed(given);
  if (wanted instanceof Undefined && !rt.forgives(wanted)) return rt.undefinedUsed(wanted);
  if (typeof wanted === 'string') return getAttribute(rt, given, wanted);
  const whole = isWhole(wanted) ? index(rt, wanted, 'indices') : undefined;
  let found: PyValue | undefined;
  if (given instanceof PyObject) found = given.item(wanted, rt);
  else if (whole !== undefined) found = itemAt(given, whole);
  return found === undefined ? missingItem(given, wanted) : found;
}

function isWhole(key: PyValue): boolean {
  return (
    typeof key === 'bigint' || typeof key === 'boolean' || (typeof key === 'number' && Number.isInteger(key))
  );
}

function itemOfMap(rt: Runtime, map: Map<Value, Value>, key: Value | PyObject | Undefined): PyValue {
  if (typeof key === 'string') {
    const found = map.get(key);
    if (found !== undefined) return found;
    if (rt.methods.has(map, key)) return boundMethod(map, key);
    return new Undefined(`'dict object' has no attribute '${key}'`, () => nearKey(map, key));
  }
  if (key instanceof Undefined && !rt.forgives(key)) return rt.undefinedUsed(key);
  const wanted = pure(rt, key);
  const found = wanted instanceof Map || Array.isArray(wanted) ? undefined : mapGet(map, wanted);
  return found === undefined ? missingItem(map, key) : found;
}

function itemAt(value: Value, at: number): Value | undefined {
  const items =
    typeof value === 'string'
      ? characters(value)
      : value instanceof PyTuple
        ? value.items
        : Array.isArray(value)
          ? value
          : undefined;
  if (items !== undefined) return items[at < 0 ? at + items.length : at];
  return value instanceof Uint8Array ? value[at < 0 ? at + value.length : at] : undefined;
}

function missingItem(target: PyValue, key: PyValue): Undefined {
  const shown = isWhole(key) ? `${key as number}` : `'${typeName(key)}' key`;
  return new Undefined(`'${typeName(target)} object' has no element ${shown}`);
}

/** A slice of a range is a range. */
function sliceOfRange(rt: Runtime, range: Range, parts: SliceValue): Range {
  rt.spend(range.length());
  const at = slice(
    rt,
    Array.from({ length: range.length() }, (_, place) => place),
    parts,
  );
  const step = parts.step === null ? 1 : index(rt, parts.step, 'slice indices');
  const first = range.start + (at[0] ?? 0) * range.step;
  return new Range(first, first + at.length * step * range.step, step * range.step);
}

/** `target[start:stop:step]`. */
export function getSlice(rt: Runtime, target: PyValue, parts: SliceValue): PyValue {
  const given = plain(target);
  if (given instanceof Undefined) return rt.undefinedUsed(given);
  if (typeof given === 'string') return slice(rt, characters(given), parts).join('');
  if (Array.isArray(given)) return slice(rt, given, parts);
  if (given instanceof PyTuple) return new PyTuple(slice(rt, given.items, parts));
  if (given instanceof Uint8Array) return Uint8Array.from(slice(rt, [...given], parts));
  if (given instanceof Range) return sliceOfRange(rt, given, parts);
  return new Undefined(`'${typeName(given)} object' cannot be sliced`);
}

function nearKey(map: Map<Value, Value>, name: string): string | undefined {
  if (map.size > 200) return undefined;
  const keys = [...map.keys()].filter((key): key is string => typeof key === 'string');
  const near = didYouMean(name, keys);
  return near === undefined ? undefined : `did you mean '${near}'?`;
}
