import { float, int, PyFloat, PyTuple, type Value } from '../../../core/index.ts';
import { numberOf, PyError } from '../../python/index.ts';
import { str, used } from './convert.ts';
import { formatPercent } from './percent.ts';
import { floatPower } from './power.ts';
import type { Runtime } from './runtime.ts';
import {
  type Part,
  PyObject,
  type PyValue,
  Serialised,
  Slot,
  TemplateText,
  typeName,
  Undefined,
} from './values.ts';

type Numeric = number | bigint;
const bitsMax = 20_000;

function isFloat(value: PyValue): boolean {
  return value instanceof PyFloat || (typeof value === 'number' && !Number.isInteger(value));
}

function unsupported(rt: Runtime, sign: string, a: PyValue, b: PyValue): never {
  return rt.typeError(`unsupported operand type(s) for ${sign}: '${typeName(a)}' and '${typeName(b)}'`);
}

/** Two numbers as Python's ints (exact) or floats. */
function numbers(a: Value | PyObject, b: Value | PyObject): [Numeric, Numeric, boolean] | undefined {
  if (a instanceof PyObject || b instanceof PyObject) return undefined;
  const left = numberOf(a);
  const right = numberOf(b);
  if (left === undefined || right === undefined) return undefined;
  return [left, right, isFloat(a) || isFloat(b)];
}

function exact(
  left: Numeric,
  right: Numeric,
  small: (a: number, b: number) => number,
  big: (a: bigint, b: bigint) => bigint,
): Value {
  if (typeof left === 'number' && typeof right === 'number') {
    const result = small(left, right);
    if (Number.isSafeInteger(result)) return result === 0 ? 0 : result;
  }
  return int(big(BigInt(left), BigInt(right)));
}

/** `a + b`. Author's text keeps its parts, so that text around data stays text. */
export function add(rt: Runtime, a: PyValue, b: PyValue): PyValue {
  if (a instanceof TemplateText || b instanceof TemplateText) return addText(rt, a, b);
  const left = used(rt, a);
  const right = used(rt, b);
  if (typeof left === 'string' && typeof right === 'string') {
    rt.spend(left.length + right.length);
    return left + right;
  }
  const pair = numbers(left, right);
  if (pair !== undefined) {
    const [x, y, floats] = pair;
    return floats
      ? float(Number(x) + Number(y))
      : exact(
          x,
          y,
          (m, n) => m + n,
          (m, n) => m + n,
        );
  }
  if (Array.isArray(left) && Array.isArray(right)) {
    rt.spend(left.length + right.length);
    return [...left, ...right];
  }
  if (left instanceof PyTuple && right instanceof PyTuple)
    return new PyTuple([...left.items, ...right.items]);
  if (typeof left === 'string') rt.typeError(`can only concatenate str (not "${typeName(right)}") to str`);
  if (Array.isArray(left)) rt.typeError(`can only concatenate list (not "${typeName(right)}") to list`);
  return unsupported(rt, '+', left, right);
}

function addText(rt: Runtime, a: PyValue, b: PyValue): PyValue {
  const left = partsOf(a);
  const right = partsOf(b);
  if (left === undefined || right === undefined) {
    const other = used(rt, left === undefined ? a : b);
    return left === undefined
      ? unsupported(rt, '+', other, 'str')
      : rt.typeError(`can only concatenate str (not "${typeName(other)}") to str`);
  }
  return textOf(rt, [...left, ...right]);
}

/** Author's text of the parts, paid for by its length. */
export function textOf(rt: Runtime, parts: readonly Part[]): TemplateText {
  let length = parts.length;
  for (const part of parts) {
    if (typeof part === 'string') length += part.length;
    else if (part instanceof Serialised) length += part.text.length;
    else if (typeof part.value === 'string') length += part.value.length;
  }
  rt.spend(length);
  return new TemplateText(parts);
}

/** The parts of author's text or of a string; undefined for everything else. */
export function partsOf(value: PyValue): readonly Part[] | undefined {
  if (value instanceof TemplateText) return value.parts;
  return typeof value === 'string' ? [new Slot(value)] : undefined;
}

export function subtract(rt: Runtime, a: PyValue, b: PyValue): PyValue {
  const left = used(rt, a);
  const right = used(rt, b);
  const pair = numbers(left, right);
  if (pair === undefined) return unsupported(rt, '-', left, right);
  const [x, y, floats] = pair;
  return floats
    ? float(Number(x) - Number(y))
    : exact(
        x,
        y,
        (m, n) => m - n,
        (m, n) => m - n,
      );
}

export function multiply(rt: Runtime, a: PyValue, b: PyValue): PyValue {
  const left = used(rt, a);
  const right = used(rt, b);
  const pair = numbers(left, right);
  if (pair !== undefined) {
    const [x, y, floats] = pair;
    if (floats) return float(Number(x) * Number(y));
    checkBits(rt, bitsOf(x) + bitsOf(y));
    return exact(
      x,
      y,
      (m, n) => m * n,
      (m, n) => m * n,
    );
  }
  if (isCount(right)) return repeat(rt, left, right, a);
  if (isCount(left)) return repeat(rt, right, left, b);
  return unsupported(rt, '*', left, right);
}

function isCount(value: Value | PyObject): value is number | bigint | boolean {
  return (
    typeof value === 'bigint' ||
    typeof value === 'boolean' ||
    (typeof value === 'number' && Number.isInteger(value))
  );
}

function repeat(rt: Runtime, value: Value | PyObject, times: Numeric | boolean, original: PyValue): PyValue {
  const count = Math.max(0, Number(times));
  if (count > Number.MAX_SAFE_INTEGER)
    throw new PyError('OverflowError', "cannot fit 'int' into an index-sized integer");
  if (typeof value === 'string') {
    rt.spend(value.length * count);
    const author =
      original instanceof TemplateText && original.parts.every((part) => typeof part === 'string');
    return author ? new TemplateText([value.repeat(count)]) : value.repeat(count);
  }
  const items = Array.isArray(value) ? value : value instanceof PyTuple ? value.items : undefined;
  if (items === undefined)
    return rt.typeError(`can't multiply sequence by non-int of type '${typeName(value)}'`);
  rt.spend(items.length * count);
  const repeated: Value[] = [];
  for (let round = 0; round < count && items.length > 0; round += 1) repeated.push(...items);
  return Array.isArray(value) ? repeated : new PyTuple(repeated);
}

export function divide(rt: Runtime, a: PyValue, b: PyValue): PyValue {
  const [x, y] = operands(rt, '/', a, b);
  if (Number(y) === 0) throw new PyError('ZeroDivisionError', 'division by zero');
  return float(Number(x) / Number(y));
}

export function floorDivide(rt: Runtime, a: PyValue, b: PyValue): PyValue {
  const [x, y, floats] = operands(rt, '//', a, b);
  if (Number(y) === 0)
    throw new PyError(
      'ZeroDivisionError',
      floats ? 'float floor division by zero' : 'integer division or modulo by zero',
    );
  if (floats) return float(Math.floor(Number(x) / Number(y)));
  return exact(x, y, (m, n) => Math.floor(m / n), bigFloor);
}

function bigFloor(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
}

/** `a % b`: formatting when `a` is a string, else the remainder with the sign of `b`. */
export function modulo(rt: Runtime, a: PyValue, b: PyValue): PyValue {
  if (a instanceof TemplateText || typeof a === 'string') return formatPercent(rt, a, b);
  const [x, y, floats] = operands(rt, '%', a, b);
  if (Number(y) === 0)
    throw new PyError('ZeroDivisionError', floats ? 'float modulo' : 'integer modulo by zero');
  if (floats) {
    const rest = Number(x) % Number(y);
    if (rest === 0) return float(Number(y) < 0 ? -0 : 0);
    return float(rest < 0 !== Number(y) < 0 ? rest + Number(y) : rest);
  }
  return exact(
    x,
    y,
    (m, n) => m - n * Math.floor(m / n),
    (m, n) => m - n * bigFloor(m, n),
  );
}

export function power(rt: Runtime, a: PyValue, b: PyValue): PyValue {
  const [x, y, floats] = operands(rt, '**', a, b);
  if (floats || Number(y) < 0) return floatPower(Number(x), Number(y));
  checkBits(rt, Number(x) > 1 || Number(x) < -1 ? bitsOf(x) * Number(y) : bitsOf(y));
  return int(BigInt(x) ** BigInt(y));
}

export function negate(rt: Runtime, value: PyValue): PyValue {
  const [x, floats] = operand(rt, '-', value);
  if (floats) return float(-Number(x));
  return typeof x === 'bigint' ? int(-x) : x === 0 ? 0 : -x;
}

export function positive(rt: Runtime, value: PyValue): PyValue {
  const [x, floats] = operand(rt, '+', value);
  return floats ? float(Number(x)) : typeof x === 'bigint' ? int(x) : x;
}

function operand(rt: Runtime, sign: string, value: PyValue): [Numeric, boolean] {
  const given = used(rt, value);
  const number = given instanceof PyObject ? undefined : numberOf(given);
  if (number === undefined) return rt.typeError(`bad operand type for unary ${sign}: '${typeName(given)}'`);
  return [number, isFloat(given)];
}

function operands(rt: Runtime, sign: string, a: PyValue, b: PyValue): [Numeric, Numeric, boolean] {
  const left = used(rt, a);
  const right = used(rt, b);
  return numbers(left, right) ?? unsupported(rt, sign === '**' ? '** or pow()' : sign, left, right);
}

function bitsOf(value: Numeric): number {
  return typeof value === 'bigint' ? value.toString(16).length * 4 : Math.log2(Math.abs(value) + 1);
}

/** Integers have no end in Python; here they end where their digits would be a denial of service. */
function checkBits(rt: Runtime, bits: number): void {
  if (bits <= 64) return;
  if (!(bits <= bitsMax)) rt.fail('TEMPLATE_BUDGET', `the number has more than ${bitsMax} bits`);
  rt.step(Math.ceil(bits / 64));
}

/** `a ~ b ~ …`: the strings of all of them; author's text keeps its parts. */
export function concat(rt: Runtime, values: readonly PyValue[]): PyValue {
  if (!values.some((value) => value instanceof TemplateText)) {
    let text = '';
    for (const value of values) text += stringOf(rt, value);
    rt.spend(text.length);
    return text;
  }
  const parts: Part[] = [];
  for (const value of values) {
    if (value instanceof TemplateText) parts.push(...value.parts);
    else parts.push(new Slot(stringOf(rt, value)));
  }
  return textOf(rt, parts);
}

function stringOf(rt: Runtime, value: PyValue): string {
  if (typeof value === 'string') return value;
  if (value instanceof Undefined && rt.forgives(value)) return '';
  return str(rt, value);
}
