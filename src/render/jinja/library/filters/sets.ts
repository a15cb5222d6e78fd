import { PyFloat, PyTuple, type Value } from '../../../../core/index.ts';
import { mapHas } from '../../../python/index.ts';
import { equals, itemsOf, list, plain, pure } from '../../run/convert.ts';
import { Generator, type PyObject, type PyValue, typeName } from '../../run/values.ts';
import { type Call, type FnTable, fn, table } from '../function.ts';
import { folded, pathOf } from './sorting.ts';

/** Looks items up by equality; what can be a key of a map costs one look-up. */
class Seen {
  readonly #call: Call;
  readonly #keys = new Map<Value, Value>();
  readonly #others: PyValue[] = [];

  constructor(call: Call, items: readonly PyValue[] = []) {
    this.#call = call;
    for (const item of items) this.add(item);
  }

  has(item: PyValue): boolean {
    this.#call.rt.step();
    const key = keyOf(pure(this.#call.rt, item));
    if (isKey(key)) return mapHas(this.#keys, key);
    this.#call.rt.step(this.#others.length);
    return this.#others.some((other) => equals(this.#call.rt, other, item));
  }

  add(item: PyValue): void {
    const key = keyOf(pure(this.#call.rt, item));
    if (isKey(key)) this.#keys.set(key, true);
    else this.#others.push(item);
  }
}

/** Floats as the primitives that equal them, so that they are found without a walk. */
function keyOf(value: Value): Value {
  return value instanceof PyFloat ? value.value : value;
}

function isKey(value: Value): boolean {
  return value === null || typeof value !== 'object' || value instanceof Uint8Array;
}

function distinct(call: Call, items: readonly PyValue[], keyOf: (item: PyValue) => PyValue): PyValue[] {
  const seen = new Seen(call);
  return items.filter((item) => {
    const key = keyOf(item);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

const itself = (item: PyValue): PyValue => item;

/** Salt's `unique` compares whole items and gives a list; with Jinja's arguments it does what Jinja's does. */
function unique(call: Call, self: Value | PyObject): PyValue {
  const items = itemsOf(call.rt, self);
  if (!call.has(0) && !call.has(1)) return list(distinct(call, items, itself));
  const read = pathOf(call.rt, call.value(1));
  return new Generator(distinct(call, items, (item) => (call.flag(0) ? read(item) : folded(read(item)))));
}

type Pick = (call: Call, left: readonly PyValue[], right: readonly PyValue[]) => readonly PyValue[];

function only(
  call: Call,
  items: readonly PyValue[],
  others: readonly PyValue[],
  inOthers: boolean,
): PyValue[] {
  const seen = new Seen(call, others);
  return items.filter((item) => seen.has(item) === inOthers);
}

/** Python adds a list to nothing but a list. */
function checkAddable(call: Call, self: PyValue, other: PyValue): void {
  const given = [self, other].map(plain);
  const isMixed = given.some((each) => Array.isArray(each)) && !given.every((each) => Array.isArray(each));
  if (isMixed || given.some((each) => each instanceof Map))
    call.rt.typeError(`${call.name} wants two lists, not ${typeName(self)} and ${typeName(other)}`);
}

function combined(pick: Pick, adds = false): (call: Call, self: Value | PyObject) => PyValue {
  return (call, self) => {
    if (adds) checkAddable(call, self, call.value(0));
    const picked = pick(call, itemsOf(call.rt, self), itemsOf(call.rt, call.value(0)));
    return list(distinct(call, picked, itself));
  };
}

/** Salt's `zip`, `product` and their siblings give lists of tuples. */
function zip(call: Call, self: Value | PyObject): PyValue {
  const columns = [self, ...call.rest].map((column) => itemsOf(call.rt, column));
  const rows = Math.min(...columns.map((column) => column.length));
  call.rt.spend(rows * columns.length);
  return Array.from(
    { length: rows },
    (_, at): Value => new PyTuple(columns.map((column) => column[at] as Value)),
  );
}

export const setFilters: FnTable = table({
  difference: fn(
    'lst2',
    combined((call, left, right) => only(call, left, right, false)),
  ),
  intersect: fn(
    'lst2',
    combined((call, left, right) => only(call, left, right, true)),
  ),
  symmetric_difference: fn(
    'lst2',
    combined(
      (call, left, right) => [...only(call, left, right, false), ...only(call, right, left, false)],
      true,
    ),
  ),
  union: fn(
    'lst2',
    combined((_call, left, right) => [...left, ...right], true),
  ),
  unique: fn('case_sensitive? attribute?', unique),
  zip: fn('*', zip),
});
