import { PyFloat, PyTuple, type Value } from '../../../core/index.ts';
import {
  checkHashable,
  mapFrom,
  mapHas,
  pyCompare,
  pyEquals,
  pyIncludes,
  pyStr,
  truthy,
} from '../../python/index.ts';
import type { Runtime } from './runtime.ts';
import { PyObject, type PyValue, TemplateText, typeName, Undefined, View } from './values.ts';

/** Author's text as the string it stands for; everything else as it is. */
export function plain(value: PyValue): Value | PyObject | Undefined {
  return value instanceof TemplateText ? value.text : value;
}

/** A value that is used: fails when it is not there. */
export function used(rt: Runtime, value: PyValue): Value | PyObject {
  const given = plain(value);
  return given instanceof Undefined ? rt.undefinedUsed(given) : given;
}

/** Data without runtime values inside. Lists and maps without any are returned as they are. */
export function pure(rt: Runtime, value: PyValue): Value {
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof TemplateText) return value.text;
  if (value instanceof Undefined) return rt.forgives(value) ? '' : rt.undefinedUsed(value);
  if (value instanceof View)
    return new View(
      value.typeName,
      value.list.map((item) => pure(rt, item)),
    ).repr();
  if (value instanceof PyObject) return value.repr();
  if (isPure(rt, value)) return value as Value;
  if (Array.isArray(value)) return value.map((item) => pure(rt, item));
  if (value instanceof PyTuple) return new PyTuple(value.items.map((item) => pure(rt, item)));
  if (!(value instanceof Map)) return value;
  return mapFrom([...value].map(([key, item]) => [pure(rt, key), pure(rt, item)]));
}

/** A list that holds one list many times, and that again, is larger than its maker paid for: walking it costs steps. */
function isPure(rt: Runtime, value: PyValue): boolean {
  if (value === null || typeof value !== 'object') return true;
  if (Array.isArray(value) || value instanceof Map || value instanceof PyTuple) rt.step();
  if (Array.isArray(value)) return value.every((item) => isPure(rt, item));
  if (value instanceof Map) {
    for (const item of value.values()) if (!isPure(rt, item)) return false;
    return true;
  }
  if (value instanceof PyTuple) return value.items.every((item) => isPure(rt, item));
  return value instanceof PyFloat || value instanceof Uint8Array;
}

/** Typed as a plain list although templates put runtime values in: `pure` takes them out again. */
export function list(items: readonly PyValue[]): Value[] {
  return items as Value[];
}

export function tuple(items: readonly PyValue[]): PyTuple {
  return new PyTuple(items as readonly Value[]);
}

/** Keywords as the map that Python makes of them. */
export function mapOfKeywords(keywords: ReadonlyMap<string, PyValue>): Map<Value, Value> {
  return new Map(keywords as ReadonlyMap<string, Value>);
}

export function isTrue(rt: Runtime, value: PyValue): boolean {
  if (value === true || value === false) return value;
  if (value instanceof TemplateText) return value.text !== '';
  if (value instanceof Undefined) return rt.forgives(value) ? false : rt.undefinedUsed(value);
  return value instanceof PyObject ? value.truthy() : truthy(value);
}

/** Python's `str()`. */
export function str(rt: Runtime, value: PyValue): string {
  if (typeof value === 'string') return value;
  const text = pyStr(pure(rt, value));
  rt.spend(text.length);
  return text;
}

export function equals(rt: Runtime, a: PyValue, b: PyValue): boolean {
  const left = comparable(rt, a);
  const right = comparable(rt, b);
  if (typeof left === 'string' && typeof right === 'string') return left === right;
  if (left instanceof PyObject || right instanceof PyObject) return left === right;
  if (left instanceof Undefined || right instanceof Undefined)
    return left instanceof Undefined && right instanceof Undefined;
  return pyEquals(pure(rt, left), pure(rt, right));
}

function comparable(rt: Runtime, value: PyValue): Value | PyObject | Undefined {
  const given = plain(value);
  return given instanceof Undefined && !rt.forgives(given) ? rt.undefinedUsed(given) : given;
}

export type OrderSign = '<' | '<=' | '>' | '>=';

/** Negative, zero or positive; NaN when no order holds. */
export function compare(rt: Runtime, a: PyValue, b: PyValue, sign: OrderSign = '<'): number {
  const left = used(rt, a);
  const right = used(rt, b);
  if (left instanceof PyObject || right instanceof PyObject) {
    const types = `'${typeName(left)}' and '${typeName(right)}'`;
    return rt.typeError(`'${sign}' not supported between instances of ${types}`);
  }
  return pyCompare(pure(rt, left), pure(rt, right), sign);
}

/** The steps that reading a text costs, so that a loop over a megabyte ends in time: one for 64 characters. */
export function readingSteps(value: PyValue): number {
  if (typeof value === 'string') return value.length >> 6;
  return value instanceof TemplateText ? value.text.length >> 6 : 0;
}

/** Python's `needle in hay`. */
export function contains(rt: Runtime, hay: PyValue, needle: PyValue): boolean {
  const within = plain(hay);
  if (within instanceof Undefined) return rt.forgives(within) ? false : rt.undefinedUsed(within);
  if (typeof within === 'string') {
    rt.step(readingSteps(within));
    const part = used(rt, needle);
    if (typeof part === 'string') return within.includes(part);
    return rt.typeError(`'in <string>' requires string as left operand, not ${typeName(part)}`);
  }
  if (within instanceof Map) {
    const key = pure(rt, needle);
    checkHashable(key);
    return mapHas(within, key);
  }
  const held = within instanceof PyObject ? within.has(plain(needle)) : undefined;
  if (held !== undefined) return held;
  if (within instanceof PyObject && within.attribute('__contains__', rt) !== undefined)
    return within.item(pure(rt, needle), rt) !== undefined;
  const items = within instanceof Uint8Array ? [...within] : itemsOf(rt, within, 'argument of type');
  if (items.length === 0) return false;
  rt.step(items.length);
  const wanted = pure(rt, needle);
  return pyIncludes(
    items.map((item) => pure(rt, item)),
    wanted,
  );
}

/** What a loop over the value walks: characters, items, keys. */
export function itemsOf(rt: Runtime, value: PyValue, what = 'object'): readonly PyValue[] {
  const given = plain(value);
  if (Array.isArray(given)) return given;
  if (given instanceof Undefined) return rt.forgives(given) ? [] : rt.undefinedUsed(given);
  if (given instanceof Map) return [...given.keys()];
  if (given instanceof PyTuple) return given.items;
  if (typeof given === 'string') return characters(given);
  if (given instanceof Uint8Array) return [...given];
  const items = given instanceof PyObject ? given.items(rt) : undefined;
  if (items !== undefined) return items;
  const prefix = what === 'object' ? '' : `${what} `;
  return rt.typeError(`${prefix}'${typeName(given)}' ${prefix === '' ? 'object ' : ''}is not iterable`);
}

const astral = /[\ud800-\udfff]/;

/** Python's characters: code points. */
export function characters(text: string): string[] {
  return astral.test(text) ? Array.from(text) : text.split('');
}

/** Python's `len()`. */
export function lengthOf(rt: Runtime, value: PyValue): number {
  const given = plain(value);
  if (typeof given === 'string') return astral.test(given) ? Array.from(given).length : given.length;
  if (Array.isArray(given) || given instanceof Uint8Array) return given.length;
  if (given instanceof Map) return given.size;
  if (given instanceof PyTuple) return given.items.length;
  if (given instanceof Undefined) return rt.forgives(given) ? 0 : rt.undefinedUsed(given);
  const length = given instanceof PyObject ? given.length() : undefined;
  return length ?? rt.typeError(`object of type '${typeName(given)}' has no len()`);
}

/** An int in the range that lists and strings can have; `what` names it in the message. */
export function index(rt: Runtime, value: PyValue, what: string): number {
  const given = used(rt, value);
  if (typeof given === 'boolean') return given ? 1 : 0;
  if (typeof given === 'number' && Number.isInteger(given)) return given;
  if (typeof given === 'bigint') return given > 0n ? Number.MAX_SAFE_INTEGER : Number.MIN_SAFE_INTEGER;
  return rt.typeError(`${what} must be an integer, not ${typeName(given)}`);
}
