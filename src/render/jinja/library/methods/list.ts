import type { PyTuple, Value } from '../../../../core/index.ts';
import { PyError } from '../../../python/index.ts';
import { compare, equals, itemsOf, plain } from '../../run/convert.ts';
import type { Args, Runtime } from '../../run/runtime.ts';
import { PyObject, type PyValue } from '../../run/values.ts';
import { type Call, type FnTable, fn, table } from '../function.ts';

function itemsIn(self: Value | PyObject): Value[] {
  return self as Value[];
}

function position(call: Call, items: readonly PyValue[], wanted: PyValue): number {
  call.rt.step(items.length);
  return items.findIndex((item) => equals(call.rt, item, wanted));
}

function indexOf(call: Call, items: readonly PyValue[], what: string): number {
  const start = call.int(1, 0);
  const from = start < 0 ? Math.max(0, start + items.length) : start;
  const at = position(call, items.slice(from, call.int(2, items.length)), call.value(0));
  if (at < 0) throw new PyError('ValueError', `the value is not in the ${what}`);
  return from + at;
}

function count(call: Call, items: readonly PyValue[]): number {
  call.rt.step(items.length);
  return items.filter((item) => equals(call.rt, item, call.value(0))).length;
}

function pop(call: Call, items: Value[]): Value {
  const at = call.int(0, -1);
  const place = at < 0 ? at + items.length : at;
  if (items.length === 0) throw new PyError('IndexError', 'pop from empty list');
  if (place < 0 || place >= items.length) throw new PyError('IndexError', 'pop index out of range');
  return items.splice(place, 1)[0] as Value;
}

/** A stable sort with Python's order; `key` is a function of the language or None. */
export function sortItems(rt: Runtime, items: readonly PyValue[], key: PyValue, reverse: boolean): PyValue[] {
  rt.step(items.length * 4);
  const call = key instanceof PyObject ? key.call : undefined;
  if (plain(key) !== null && call === undefined) rt.typeError('the sort key is not callable');
  const args = (item: PyValue): Args => ({ pos: [item], kw: null });
  const keyed = items.map((item) => ({ item, key: call === undefined ? item : call(rt, args(item)) }));
  const sign = reverse ? -1 : 1;
  keyed.sort((a, b) => sign * (compare(rt, a.key, b.key) || 0));
  return keyed.map(({ item }) => item);
}

function insert(call: Call, items: Value[]): null {
  call.rt.spend(1);
  items.splice(call.int(0), 0, call.value(1) as Value);
  return null;
}

export const listMethods: FnTable = table({
  append: fn('object', (call, self) => {
    call.rt.spend(1);
    itemsIn(self).push(call.value(0) as Value);
    return null;
  }),
  clear: fn('', (_call, self) => {
    itemsIn(self).length = 0;
    return null;
  }),
  copy: fn('', (call, self) => {
    call.rt.spend(itemsIn(self).length);
    return [...itemsIn(self)];
  }),
  count: fn('value', (call, self) => count(call, itemsIn(self))),
  extend: fn('iterable', (call, self) => {
    const items = itemsOf(call.rt, call.value(0));
    call.rt.spend(items.length);
    for (const item of items.slice()) itemsIn(self).push(item as Value);
    return null;
  }),
  index: fn('value start? stop?', (call, self) => indexOf(call, itemsIn(self), 'list')),
  insert: fn('index object', (call, self) => insert(call, itemsIn(self))),
  pop: fn('index?', (call, self) => pop(call, itemsIn(self))),
  remove: fn('value', (call, self) => {
    const at = position(call, itemsIn(self), call.value(0));
    if (at < 0) throw new PyError('ValueError', 'list.remove(x): x not in list');
    itemsIn(self).splice(at, 1);
    return null;
  }),
  reverse: fn('', (_call, self) => {
    itemsIn(self).reverse();
    return null;
  }),
  sort: fn('key? reverse?', (call, self) => {
    const sorted = sortItems(call.rt, itemsIn(self), call.value(0), call.flag(1));
    itemsIn(self).splice(0, sorted.length, ...(sorted as Value[]));
    return null;
  }),
});

export const tupleMethods: FnTable = table({
  count: fn('value', (call, self) => count(call, (self as PyTuple).items)),
  index: fn('value start? stop?', (call, self) => indexOf(call, (self as PyTuple).items, 'tuple')),
});
