import { floatText } from '../../python/index.ts';

/** A number with a fixed count of digits behind the point, as Python rounds: half to even of the exact binary value. */
export function fixed(value: number, digits: number): string {
  if (!Number.isFinite(value)) return floatText(value);
  if (Object.is(value, -0)) return `-${fixed(0, digits)}`;
  if (Math.abs(value) < 1e21)
    return Math.min(digits, 100) === digits
      ? toFixedExact(value, digits)
      : toFixedExact(value, 100).padEnd(digits, '0');
  const whole = BigInt(value).toString();
  return digits === 0 ? whole : `${whole}.${'0'.repeat(digits)}`;
}

/** JavaScript's toFixed takes ties away from zero; Python takes them to the even digit. */
function toFixedExact(value: number, digits: number): string {
  const text = value.toFixed(digits);
  if (digits > 60) return text;
  // A double that lies in the middle ends right behind the 5; any other differs within 30 more digits.
  const tail = value.toFixed(digits + 30).slice(-30);
  if (!/^50*$/.test(tail)) return text;
  const floor = value
    .toFixed(digits + 30)
    .slice(0, -30)
    .replace(/\.$/, '');
  return Number(floor.at(-1)) % 2 === 0 ? floor : text;
}

/** `1.5e+10`: at least two digits in the exponent. */
export function exponential(value: number, digits: number): string {
  if (!Number.isFinite(value)) return floatText(value);
  if (Object.is(value, -0)) return `-${exponential(0, digits)}`;
  return value.toExponential(Math.min(digits, 100)).replace(/e([+-])(\d)$/, 'e$10$2');
}

/** C's alternate form (`#`) of a float: a point, even with no digit behind it. */
export function withPoint(text: string, alternate: boolean): string {
  return alternate && !text.includes('.') ? text.replace(/^(-?\d+)/, '$1.') : text;
}

/** C's `%g`: the shorter of both forms, without trailing zeros unless `alternate`. */
export function general(value: number, digits: number, alternate: boolean): string {
  if (!Number.isFinite(value)) return floatText(value);
  const precision = Math.min(Math.max(1, digits), 100);
  const exponent = value === 0 ? 0 : Number(value.toExponential(precision - 1).split('e')[1]);
  if (exponent < -4 || exponent >= precision) {
    const text = exponential(value, precision - 1);
    return alternate ? withPoint(text, true) : text.replace(/\.?0+e/, 'e');
  }
  const text = fixed(value, precision - 1 - exponent);
  if (alternate) return withPoint(text, true);
  return !text.includes('.') ? text : text.replace(/\.?0+$/, '');
}

/** How Python formats a float with a precision and no type: as `%g`, but with a digit behind the point. */
export function shortest(value: number, digits: number, alternate: boolean): string {
  if (!Number.isFinite(value)) return floatText(value);
  const precision = Math.min(Math.max(1, digits), 100);
  const exponent = value === 0 ? 0 : Number(value.toExponential(precision - 1).split('e')[1]);
  if (exponent === precision - 1 && exponent >= 0) {
    const text = exponential(value, precision - 1);
    return alternate ? withPoint(text, true) : text.replace(/\.?0+e/, 'e');
  }
  const text = general(value, digits, alternate);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** Groups the digits before the point. */
export function grouped(text: string, separator: string, size = 3): string {
  const [, sign = '', whole = '', rest = ''] = /^([+-]?)([0-9a-fA-F]*)(.*)$/s.exec(text) ?? [];
  return sign + whole.replace(new RegExp(`\\B(?=(?:[0-9a-fA-F]{${size}})+$)`, 'g'), separator) + rest;
}
