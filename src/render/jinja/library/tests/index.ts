import { PyFloat, PyTuple, type Value } from '../../../../core/index.ts';
import { checkHashable } from '../../../python/index.ts';
import { compare, contains, equals, plain, pure, str, used } from '../../run/convert.ts';
import { PyObject, type PyValue, Undefined } from '../../run/values.ts';
import { type Call, type Fn, type FnTable, fn, rawFn, table } from '../function.ts';
import { matches } from '../matching.ts';
import { filterNames } from '../names.ts';

/** A name to look up; what cannot be a key fails. */
function nameOf(call: Call, self: PyValue): string {
  const value = pure(call.rt, used(call.rt, self));
  checkHashable(value);
  return str(call.rt, value);
}

type Given = Value | PyObject | Undefined;

function check(test: (value: Given) => boolean): Fn {
  return rawFn('', (_call, self) => test(plain(self)));
}

function isInt(value: Given): boolean {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));
}

function isFloat(value: Given): boolean {
  return value instanceof PyFloat || (typeof value === 'number' && !Number.isInteger(value));
}

function isNumber(value: Given): boolean {
  return isInt(value) || isFloat(value) || typeof value === 'boolean';
}

function isIterable(call: Call, self: PyValue): boolean {
  const value = used(call.rt, self);
  if (value instanceof PyObject) return value.items(call.rt) !== undefined;
  return typeof value === 'string' || isSequence(value);
}

function isSequence(value: Given): boolean {
  return (
    typeof value === 'string' ||
    Array.isArray(value) ||
    value instanceof PyTuple ||
    value instanceof Map ||
    value instanceof Uint8Array ||
    (value instanceof PyObject && value.length() !== undefined && value.typeName !== 'dict_items')
  );
}

function remainder(call: Call, self: PyValue): number | bigint {
  const value = used(call.rt, self);
  if (typeof value === 'bigint') {
    return value % BigInt(call.int(0, 2));
  }
  if (typeof value === 'boolean') return Number(value) % call.int(0, 2);
  if (typeof value === 'number') return value % call.int(0, 2);
  if (value instanceof PyFloat) return value.value % call.int(0, 2);
  return call.rt.typeError('not all arguments converted during string formatting');
}

function isSame(a: Given, b: Given): boolean {
  if (a instanceof PyFloat && b instanceof PyFloat) return a.value === b.value;
  return a === b;
}

const relation = (holds: (call: Call, self: PyValue) => boolean): Fn => rawFn('other', holds);
const equal = relation((call, self) => equals(call.rt, self, call.value(0)));
const unequal = relation((call, self) => !equals(call.rt, self, call.value(0)));
const greater = relation((call, self) => compare(call.rt, self, call.value(0), '>') > 0);
const atLeast = relation((call, self) => compare(call.rt, self, call.value(0), '>=') >= 0);
const less = relation((call, self) => compare(call.rt, self, call.value(0), '<') < 0);
const atMost = relation((call, self) => compare(call.rt, self, call.value(0), '<=') <= 0);

/** Jinja's tests and Salt's. */
export const tests: FnTable = table({
  boolean: check((value) => typeof value === 'boolean'),
  // Jinja's undefined has a method for being called: one that fails.
  callable: check(
    (value) => value instanceof Undefined || (value instanceof PyObject && value.call !== undefined),
  ),
  defined: check((value) => !(value instanceof Undefined)),
  divisibleby: fn('num', (call, self) => {
    if (call.int(0) === 0) call.rt.valueError('integer modulo by zero');
    const rest = remainder(call, self);
    return rest === 0 || rest === 0n;
  }),
  eq: equal,
  equalto: equal,
  '==': equal,
  escaped: check(() => false),
  even: fn('', (call, self) => {
    const rest = remainder(call, self);
    return rest === 0 || rest === 0n;
  }),
  false: check((value) => value === false),
  filter: rawFn('', (call, self) => filterNames().has(nameOf(call, self))),
  float: check(isFloat),
  ge: atLeast,
  '>=': atLeast,
  gt: greater,
  greaterthan: greater,
  '>': greater,
  in: relation((call, self) => contains(call.rt, call.value(0), self)),
  integer: check(isInt),
  iterable: rawFn('', isIterable),
  le: atMost,
  '<=': atMost,
  list: check((value) => Array.isArray(value)),
  lower: fn('', (call, self) => {
    const text = str(call.rt, self);
    return text === text.toLowerCase() && text !== text.toUpperCase();
  }),
  lt: less,
  lessthan: less,
  '<': less,
  mapping: check((value) => value instanceof Map),
  match: fn('rgx ignorecase? multiline?', (call, self) => matches(call, self, 'match') !== null),
  ne: unequal,
  '!=': unequal,
  none: check((value) => value === null),
  number: check(isNumber),
  odd: fn('', (call, self) => {
    const rest = remainder(call, self);
    return Math.abs(Number(rest)) === 1;
  }),
  sameas: rawFn('other', (call, self) => isSame(plain(self), plain(call.value(0)))),
  sequence: check(isSequence),
  string: check((value) => typeof value === 'string'),
  test: rawFn('', (call, self) => tests.has(nameOf(call, self))),
  true: check((value) => value === true),
  undefined: check((value) => value instanceof Undefined),
  upper: fn('', (call, self) => {
    const text = str(call.rt, self);
    return text === text.toUpperCase() && text !== text.toLowerCase();
  }),
});
