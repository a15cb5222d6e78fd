import { PyFloat, PyTuple, type Value } from '../../../../core/index.ts';
import { mapGet } from '../../../python/index.ts';
import { getAttribute } from '../../run/access.ts';
import { isTrue, itemsOf, lengthOf, list, plain, pure, str, used } from '../../run/convert.ts';
import { Generator, PyObject, type PyValue, TemplateText, Undefined } from '../../run/values.ts';
import { type Call, type FnTable, fn, rawFn, table } from '../function.ts';
import { prettyPrint } from '../pretty-print.ts';
import { sortBy } from './sorting.ts';

function defaulted(call: Call, self: PyValue): PyValue {
  const fallback = call.value(0, new TemplateText([]));
  if (self instanceof Undefined) return fallback;
  return call.flag(1) && !isTrue(call.rt, self) ? fallback : self;
}

/** The text as it is: author's text stays author's text. */
function asText(call: Call, self: PyValue): PyValue {
  return self instanceof TemplateText ? self : str(call.rt, used(call.rt, self));
}

/** Salt's `traverse`: `"a:b:0"` through maps and lists. */
function traverse(call: Call, self: PyValue): PyValue {
  const path = pure(call.rt, call.value(0));
  const keys = Array.isArray(path) ? path : str(call.rt, path).split(call.text(2, ':'));
  return follow(call, used(call.rt, self), keys) ?? call.value(1);
}

/** What stands at the end of a path through maps and lists; undefined when it leads nowhere. */
export function follow(call: Call, start: PyValue, keys: readonly Value[]): PyValue | undefined {
  let value = start;
  for (const key of keys) {
    const next: PyValue | undefined = child(call, value, key);
    if (next === undefined) return undefined;
    value = plain(next);
  }
  return value;
}

function child(call: Call, value: PyValue, key: Value): PyValue | undefined {
  if (value instanceof Map) {
    const found = mapGet(value, key);
    return found === undefined && /^-?\d+$/.test(str(call.rt, key)) ? mapGet(value, Number(key)) : found;
  }
  const items = Array.isArray(value) ? value : value instanceof PyTuple ? value.items : undefined;
  const at = Number(key);
  return items === undefined || !Number.isInteger(at) ? undefined : items.at(at);
}

function items(call: Call, self: PyValue): PyValue {
  if (self instanceof Undefined) return new Generator([]);
  const value = used(call.rt, self);
  if (value instanceof Map) return new Generator([...value].map((entry) => new PyTuple(entry)));
  return call.rt.typeError('can only get item pairs from a mapping');
}

function attribute(call: Call, self: PyValue): PyValue {
  const name = call.text(0);
  const value = used(call.rt, self);
  const found = value instanceof Map ? undefined : getAttribute(call.rt, value, name);
  return found ?? new Undefined(`'dict object' has no attribute '${name}'`);
}

function methodCall(call: Call, self: Value | PyObject): PyValue {
  if (self instanceof PyObject) return call.rt.typeError('method_call wants a value');
  // Salt gives None for what has no such method.
  if (!call.rt.methods.has(self, call.text(0))) return null;
  return call.rt.methods.call(call.rt, self, call.text(0), { pos: call.rest, kw: call.extra });
}

const bool = new Set(['yes', '1', 'true']);

/** Salt's `to_bool`. */
function toBool(call: Call, given: PyValue): boolean {
  const self = plain(given);
  // Salt knows neither floats nor tuples here.
  if (self === null || self instanceof Undefined || self instanceof PyFloat || self instanceof PyTuple)
    return false;
  if (typeof self === 'boolean') return self;
  if (typeof self === 'string') return bool.has(self.toLowerCase());
  if (typeof self === 'number' || typeof self === 'bigint') return Number.isInteger(Number(self)) && self > 0;
  return lengthOf(call.rt, self) > 0;
}

function dictSort(call: Call, self: Value | PyObject): PyValue {
  if (!(self instanceof Map)) return call.rt.typeError('dictsort wants a mapping');
  const by = call.text(1, 'key');
  if (by !== 'key' && by !== 'value') call.rt.valueError('You can only sort by either "key" or "value"');
  const at = by === 'key' ? 0 : 1;
  const caseSensitive = call.flag(0);
  const entries = [...self].map((entry) => new PyTuple(entry));
  const keyOf = (entry: PyValue): PyValue => {
    const value = plain((entry as PyTuple).items[at] as Value);
    return typeof value === 'string' && !caseSensitive ? value.toLowerCase() : value;
  };
  return sortBy(call.rt, entries, keyOf, call.flag(2));
}

export const valueFilters: FnTable = table({
  attr: rawFn('name', attribute),
  d: rawFn('default_value? boolean?', defaulted),
  default: rawFn('default_value? boolean?', defaulted),
  dictsort: fn('case_sensitive? by? reverse?', dictSort),
  items: rawFn('', items),
  method_call: fn('name * **', methodCall),
  pprint: fn('', (call, self) => prettyPrint(pure(call.rt, self))),
  python: fn('', (call, self) => prettyPrint(pure(call.rt, self))),
  safe: rawFn('', asText),
  sequence: fn('', (_call, self) =>
    Array.isArray(self) || self instanceof PyTuple || self instanceof Map ? self : list([self]),
  ),
  skip: rawFn('', () => new TemplateText([])),
  string: rawFn('', asText),
  to_bool: rawFn('', toBool),
  traverse: rawFn('key default? delimiter?', traverse),
  is_list: rawFn('', (_call, self) => Array.isArray(self)),
  is_iter: fn(
    '',
    (_call, self) =>
      typeof self === 'object' &&
      self !== null &&
      !(self instanceof Uint8Array) &&
      !(self instanceof PyFloat),
  ),
  count: fn('', (call, self) => lengthOf(call.rt, self)),
  length: fn('', (call, self) => lengthOf(call.rt, self)),
  list: fn('', (call, self) => {
    const given = itemsOf(call.rt, self);
    call.rt.spend(given.length);
    return list([...given]);
  }),
});
