import { float, PyFloat, PyTuple, type Value } from '../../../../core/index.ts';
import { add, divide, partsOf } from '../../run/arithmetic.ts';
import {
  characters,
  compare,
  contains,
  equals,
  isTrue,
  itemsOf,
  lengthOf,
  list,
  plain,
  str,
  used,
} from '../../run/convert.ts';
import { Generator, type PyObject, type PyValue, Slot, TemplateText, Undefined } from '../../run/values.ts';
import { type Call, type FnTable, fn, rawFn, table, textIn } from '../function.ts';
import { joinParts } from '../methods/text-format.ts';
import { setFilters } from './sets.ts';
import { folded, pathOf, pathsOf, sortBy } from './sorting.ts';

function walked(call: Call, self: PyValue): readonly PyValue[] {
  const items = itemsOf(call.rt, self);
  call.rt.step(items.length);
  call.rt.spend(items.length);
  return items;
}

/** Author's text between or around data stays author's text. */
function join(call: Call, self: PyValue): PyValue {
  const read = pathOf(call.rt, call.value(1));
  const separator = call.value(0, '');
  const items = walked(call, used(call.rt, self)).map(read);
  const between = partsOf(separator) ?? [new Slot(str(call.rt, separator))];
  if (!(separator instanceof TemplateText) && !items.some((item) => item instanceof TemplateText)) {
    const texts = items.map((item) => str(call.rt, item));
    call.rt.spend(texts.length * str(call.rt, separator).length);
    return texts.join(str(call.rt, separator));
  }
  const written = items.map((item) =>
    item instanceof TemplateText ? item.parts : [new Slot(str(call.rt, item))],
  );
  return joinParts(call.rt, between, written);
}

function first(call: Call, self: PyValue): PyValue {
  const [item] = itemsOf(call.rt, self);
  return item === undefined ? new Undefined('No first item, sequence was empty.') : item;
}

function last(call: Call, self: PyValue): PyValue {
  const item = itemsOf(call.rt, self).at(-1);
  return item === undefined ? new Undefined('No last item, sequence was empty.') : item;
}

function reverse(call: Call, self: Value | PyObject): PyValue {
  if (typeof self === 'string') return characters(self).reverse().join('');
  return new Generator([...walked(call, self)].reverse());
}

/** Salt's `min` and `max` take only the list and tell cases apart; Jinja's parameters work as well. */
function extreme(sign: 1 | -1): (call: Call, self: Value | PyObject) => PyValue {
  return (call, self) => {
    const read = pathOf(call.rt, call.value(1));
    const key = (item: PyValue): PyValue => (call.flag(0, true) ? read(item) : folded(read(item)));
    const items = walked(call, self);
    let best = items[0];
    if (best === undefined) return new Undefined('No aggregated item, sequence was empty.');
    for (const item of items) if (sign * compare(call.rt, key(item), key(best)) > 0) best = item;
    return best;
  };
}

function sum(call: Call, self: Value | PyObject): PyValue {
  const read = pathOf(call.rt, call.value(0));
  return walked(call, self).reduce(
    (total: PyValue, item) => add(call.rt, total, read(item)),
    call.value(1, 0),
  );
}

/** Salt's mean of a list of numbers; one number or its text is its own mean. */
function average(call: Call, self: Value | PyObject): PyValue {
  if (!Array.isArray(self)) return toFloat(call, self);
  const items = walked(call, self);
  if (items.length === 0) call.rt.valueError('division by zero');
  const total = items.reduce((before: PyValue, item) => add(call.rt, before, item), 0);
  return divide(call.rt, total, items.length);
}

function toFloat(call: Call, self: Value | PyObject): Value {
  const isNumber = typeof self === 'number' || typeof self === 'bigint' || typeof self === 'boolean';
  if (isNumber) return float(Number(self));
  if (self instanceof PyFloat) return self;
  const number = typeof self === 'string' && self.trim() !== '' ? Number(self) : Number.NaN;
  if (Number.isNaN(number)) call.rt.typeError('avg wants a list of numbers');
  return float(number);
}

function sort(call: Call, self: Value | PyObject): PyValue {
  const keys = pathsOf(call.rt, call.value(2), !call.flag(1));
  const single = typeof plain(call.value(2)) !== 'string';
  const keyOf = (item: PyValue): PyValue => (single ? (keys(item)[0] as Value) : keys(item));
  return sortBy(call.rt, walked(call, self), keyOf, call.flag(0));
}

function batch(call: Call, self: Value | PyObject): PyValue {
  const size = call.int(0);
  if (size <= 0) call.rt.valueError('batch wants a positive line count');
  const items = walked(call, self);
  const rows: Value[] = [];
  for (let at = 0; at < items.length; at += size) rows.push(list(items.slice(at, at + size)));
  const tail = rows.at(-1);
  if (call.has(1) && call.value(1) !== null && Array.isArray(tail)) {
    call.rt.spend(size);
    while (tail.length < size) tail.push(call.value(1) as Value);
  }
  return new Generator(rows);
}

function slices(call: Call, self: Value | PyObject): PyValue {
  const count = call.int(0);
  if (count <= 0) call.rt.valueError('slice wants a positive count');
  call.rt.spend(count);
  const items = walked(call, self);
  const size = Math.floor(items.length / count);
  const longer = items.length % count;
  const rows: Value[] = [];
  let at = 0;
  for (let row = 0; row < count; row += 1) {
    const end = at + size + (row < longer ? 1 : 0);
    const made = list(items.slice(at, end));
    if (call.has(1) && call.value(1) !== null && row >= longer) made.push(call.value(1) as Value);
    rows.push(made);
    at = end;
  }
  return new Generator(rows);
}

/** What can be walked inside a list, but is no text. */
function nestedIn(value: PyValue): readonly PyValue[] | undefined {
  if (Array.isArray(value)) return value;
  if (value instanceof PyTuple) return value.items;
  return value instanceof Map ? [...value.keys()] : undefined;
}

/** Salt's `flatten`: lists inside lists, to a depth; None goes unless it is kept. */
function flatten(call: Call, self: Value | PyObject): PyValue {
  const levels = call.has(0) && call.value(0) !== null ? call.int(0) : Number.POSITIVE_INFINITY;
  const keepNulls = call.flag(1);
  const flat: PyValue[] = [];
  const walk = (items: readonly PyValue[], depth: number): void => {
    call.rt.step(items.length);
    for (const item of items) {
      const given = plain(item);
      const nested = nestedIn(given);
      if (nested !== undefined && depth >= 1) walk(nested, depth - 1);
      else if (keepNulls || given !== null) flat.push(item);
    }
  };
  walk(itemsOf(call.rt, self), levels);
  return list(flat);
}

function exactly(call: Call, self: Value | PyObject, count: number): boolean {
  return walked(call, self).filter((item) => isTrue(call.rt, item)).length === count;
}

function compareLists(call: Call, self: Value | PyObject): Value {
  const old = itemsOf(call.rt, self);
  const fresh = itemsOf(call.rt, call.value(0));
  if (typeof self === 'string') for (const item of fresh) textIn(call, used(call.rt, item));
  call.rt.step(old.length * fresh.length);
  const without = (items: readonly PyValue[], others: readonly PyValue[]): Value[] =>
    list(items.filter((item) => !others.some((other) => equals(call.rt, item, other))));
  const changes = new Map<Value, Value>();
  const added = without(fresh, old);
  const removed = without(old, fresh);
  if (added.length > 0) changes.set('new', added);
  if (removed.length > 0) changes.set('old', removed);
  return changes;
}

function compareMaps(call: Call, given: Value | PyObject): Value {
  const fresh = used(call.rt, call.value(0));
  const isEmpty = given !== null && !(given instanceof Map) && lengthOf(call.rt, given) === 0;
  const self = isEmpty ? new Map<Value, Value>() : given;
  if (!(self instanceof Map) || !(fresh instanceof Map))
    return call.rt.typeError('compare_dicts wants mappings');
  const changes = new Map<Value, Value>();
  for (const key of new Set([...self.keys(), ...fresh.keys()])) {
    const before = self.has(key) ? (self.get(key) as Value) : '';
    const after = fresh.has(key) ? (fresh.get(key) as Value) : '';
    if (self.has(key) && fresh.has(key) && equals(call.rt, before, after)) continue;
    const sides: [Value, Value][] = [
      ['old', before],
      ['new', after],
    ];
    changes.set(key, new Map(fresh.has(key) ? sides : sides.reverse()));
  }
  return changes;
}

export const listFilters: FnTable = new Map([
  ...setFilters,
  ...table({
    avg: fn('', average),
    batch: fn('linecount fill_with?', batch),
    compare_dicts: fn('new', compareMaps),
    compare_lists: fn('new', compareLists),
    exactly_n_true: fn('amount?', (call, self) => exactly(call, self, call.int(0, 1))),
    exactly_one_true: fn('', (call, self) => exactly(call, self, 1)),
    first: fn('', first),
    flatten: fn('levels? preserve_nulls?', flatten),
    join: rawFn('d? attribute?', join),
    last: fn('', last),
    max: fn('case_sensitive? attribute?', extreme(1)),
    min: fn('case_sensitive? attribute?', extreme(-1)),
    reverse: fn('', reverse),
    slice: fn('slices fill_with?', slices),
    sort: fn('reverse? case_sensitive? attribute?', sort),
    sorted_ignorecase: fn('', (call, self) =>
      sortBy(call.rt, walked(call, self), (item) => textIn(call, used(call.rt, item)).toLowerCase(), false),
    ),
    substring_in_list: fn('to_search_list', (call, self) =>
      itemsOf(call.rt, call.value(0)).some((item) => contains(call.rt, item, textIn(call, self))),
    ),
    sum: fn('attribute? start?', sum),
  }),
]);
