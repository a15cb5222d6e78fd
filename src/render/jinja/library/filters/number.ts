import { float, int, PyFloat, type Value } from '../../../../core/index.ts';
import { numberOf, PyError } from '../../../python/index.ts';
import { str } from '../../run/convert.ts';
import { fixed } from '../../run/number-text.ts';
import { PyObject, type PyValue, typeName } from '../../run/values.ts';
import { type Call, type FnTable, fn, table } from '../function.ts';

function numeric(call: Call, self: Value | PyObject): number | bigint {
  const number = self instanceof PyObject ? undefined : numberOf(self);
  return number ?? call.rt.typeError(`${call.name} wants a number, not ${typeName(self)}`);
}

const floatPattern = /^[+-]?(?:(?:\d+(?:_\d+)*)?\.?\d*(?:_\d+)*(?:e[+-]?\d+)?|inf(?:inity)?|nan)$/i;

/** Python's `float(text)`, or undefined. */
function parseFloatText(text: string): number | undefined {
  const trimmed = text.trim();
  if (!floatPattern.test(trimmed) || !/\d|inf|nan/i.test(trimmed)) return undefined;
  if (/inf/i.test(trimmed))
    return trimmed.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(trimmed.replaceAll('_', ''));
}

/** Python's `int(text, base)`, or undefined. */
function parseIntText(text: string, base: number): Value | undefined {
  const prefixes: Readonly<Record<number, RegExp>> = { 2: /^0b/i, 8: /^0o/i, 16: /^0x/i };
  const [, sign = '', body = ''] =
    /^([+-]?)(.*)$/s.exec(text.trim().replace(/(?<=[0-9a-z])_(?=[0-9a-z])/gi, '')) ?? [];
  const digits = body.replace(prefixes[base] ?? /^(?!)/, '').toLowerCase();
  const allowed = '0123456789abcdefghijklmnopqrstuvwxyz'.slice(0, base);
  if (digits === '' || digits.length > 4300 || digits.split('').some((digit) => !allowed.includes(digit)))
    return undefined;
  let value = 0n;
  if (base === 10) value = BigInt(digits);
  else for (const digit of digits) value = value * BigInt(base) + BigInt(allowed.indexOf(digit));
  return int(sign === '-' ? -value : value);
}

function toInt(call: Call, self: Value | PyObject): PyValue {
  const fallback = call.value(0, 0);
  const number = self instanceof PyObject ? undefined : numberOf(self);
  if (number !== undefined)
    return typeof number === 'bigint' || Number.isFinite(number) ? truncated(number) : fallback;
  if (typeof self !== 'string') return fallback;
  const whole = parseIntText(self, call.int(1, 10));
  if (whole !== undefined) return whole;
  const real = parseFloatText(self);
  return real === undefined || !Number.isFinite(real) ? fallback : truncated(real);
}

function truncated(value: number | bigint): Value {
  return typeof value === 'bigint' ? int(value) : int(BigInt(Math.trunc(value)));
}

function toFloat(call: Call, self: Value | PyObject): PyValue {
  const number = self instanceof PyObject ? undefined : numberOf(self);
  const real =
    number === undefined ? (typeof self === 'string' ? parseFloatText(self) : undefined) : Number(number);
  return real === undefined ? call.value(0, new PyFloat(0)) : float(real);
}

function round(call: Call, self: Value | PyObject): PyValue {
  const value = Number(numeric(call, self));
  const digits = call.int(0, 0);
  const method = call.text(1, 'common');
  if (!['common', 'ceil', 'floor'].includes(method))
    call.rt.valueError('method must be common, ceil or floor');
  const scale = 10 ** digits;
  // Python's ceil and floor give ints, which have no negative zero.
  if (method === 'ceil') return float(Math.ceil(value * scale) / scale + 0);
  if (method === 'floor') return float(Math.floor(value * scale) / scale + 0);
  if (digits >= 0 && typeof self === 'boolean') return Number(self);
  if (digits >= 0 && typeof self === 'bigint') return self;
  // Python rounds an int to an int; ties go to the even digit.
  if (typeof self === 'number' && Number.isInteger(self) && digits >= 0) return self;
  if (digits >= 0) return float(Number(fixed(value, Math.min(digits, 100))));
  const rounded = halfEven(value * scale) / scale;
  return Number.isInteger(self as number) ? rounded : float(rounded);
}

function halfEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

function absolute(call: Call, self: Value | PyObject): PyValue {
  const value = numeric(call, self);
  if (typeof value === 'bigint') return value < 0n ? int(-value) : value;
  return self instanceof PyFloat ? new PyFloat(Math.abs(value)) : Math.abs(value);
}

function fileSize(call: Call, self: Value | PyObject): string {
  const bytes = Number(typeof self === 'string' ? parseFloatText(self) : numeric(call, self));
  if (Number.isNaN(bytes)) throw new PyError('ValueError', 'could not convert the value to a number');
  const base = call.flag(0) ? 1024 : 1000;
  const units = call.flag(0)
    ? ['KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB', 'ZiB', 'YiB']
    : ['kB', 'MB', 'GB', 'TB', 'PB', 'EB', 'ZB', 'YB'];
  if (bytes === 1) return '1 Byte';
  if (bytes < base) return `${Math.trunc(bytes)} Bytes`;
  const at = Math.min(units.length - 1, Math.floor(Math.log(bytes) / Math.log(base) + 1e-12) - 1);
  return `${fixed(bytes / base ** (at + 1), 1)} ${units[at]}`;
}

/** Salt's `to_num`: an int or a float when the text is one, else the text itself; numbers as ints. */
function toNumber(call: Call, self: Value | PyObject): PyValue {
  if (typeof self !== 'string') return truncated(numeric(call, self));
  const whole = parseIntText(self, 10);
  if (whole !== undefined) return whole;
  const real = parseFloatText(self);
  return real === undefined ? self : float(real);
}

const sizes = 'kmgtpezy';

/** Salt's `human_to_bytes`: `10 GiB`, `1.5MB`, `2k`; 0 for what is no size. */
function humanToBytes(call: Call, self: Value | PyObject): Value {
  const match = /^\s*(\d*\.?\d+)\s*([kmgtpezy]?)(i?)b?\s*$/i.exec(str(call.rt, self));
  if (match === null) return 0;
  const [, amount = '', unit = '', binary = ''] = match;
  const power = unit === '' ? 0 : sizes.indexOf(unit.toLowerCase()) + 1;
  const base = call.flag(1) && binary === '' ? 1000 : 1024;
  if (!amount.includes('.')) return int(BigInt(amount) * BigInt(base) ** BigInt(power));
  return int(BigInt(Math.trunc(Number(amount) * base ** power)));
}

export const numberFilters: FnTable = table({
  abs: fn('', absolute),
  filesizeformat: fn('binary?', fileSize),
  float: fn('default?', toFloat),
  human_to_bytes: fn('default_unit? handle_metric?', humanToBytes),
  int: fn('default? base?', toInt),
  round: fn('precision? method?', round),
  str_to_num: fn('', toNumber),
  to_num: fn('', toNumber),
});
