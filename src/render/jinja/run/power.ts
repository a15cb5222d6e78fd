import { float } from '../../../core/index.ts';
import { floatText, PyError } from '../../python/index.ts';
import { PyObject, type PyValue } from './values.ts';

/** Binary digits behind the point of what is computed here. */
const digits = 128n;
const one = 1n << digits;
const ln2 = logarithm(one * 2n);

/** Python's `a ** b` of floats. A negative number to a fraction is a complex one. */
export function floatPower(base: number, exponent: number): PyValue {
  if (exponent === 0 || base === 1) return float(1);
  if (base === 0 && exponent < 0)
    throw new PyError('ZeroDivisionError', '0.0 cannot be raised to a negative power');
  if (base < 0 && Number.isFinite(base) && Number.isFinite(exponent) && !Number.isInteger(exponent))
    return complexPower(base, exponent);
  if (base === -1 && !Number.isFinite(exponent) && !Number.isNaN(exponent)) return float(1);
  const near = base ** exponent;
  if (Number.isFinite(base) && Number.isFinite(exponent) && !Number.isFinite(near))
    throw new PyError('OverflowError', "(34, 'Numerical result out of range')");
  return float(Math.sign(near) * rounded(Math.abs(base), exponent, Math.abs(near)));
}

/** A complex number, which nothing in a template can do more with than print it. */
class Complex extends PyObject {
  readonly typeName = 'complex';
  readonly real: number;
  readonly imaginary: number;

  constructor(real: number, imaginary: number) {
    super();
    this.real = real;
    this.imaginary = imaginary;
  }

  override repr(): string {
    const [real, imaginary] = [this.real, this.imaginary].map((part) => floatText(part).replace(/\.0$/, ''));
    const sign = imaginary?.startsWith('-') === true ? '' : '+';
    return `(${real}${sign}${imaginary}j)`;
  }

  override attribute(name: string): PyValue | undefined {
    if (name === 'real') return float(this.real);
    return name === 'imag' ? float(this.imaginary) : undefined;
  }
}

function complexPower(base: number, exponent: number): Complex {
  const length = rounded(-base, exponent, (-base) ** exponent);
  const phase = Math.PI * exponent;
  return new Complex(length * Math.cos(phase), length * Math.sin(phase));
}

/**
 * The float next to `base ** exponent`. JavaScript's own power may be one off in its last digit, and what a
 * template prints would differ from Python; `near` is that power.
 */
function rounded(base: number, exponent: number, near: number): number {
  if (!Number.isFinite(near) || near < 2.3e-308 || !Number.isFinite(exponent)) return near;
  const [mantissa, shift] = partsOf(base);
  const log = logarithm((mantissa * one) >> 52n) + BigInt(shift + 52) * ln2;
  const [times, power] = partsOf(Math.abs(exponent));
  const whole = shifted(log * times, power);
  const product = exponent < 0 ? -whole : whole;
  const twos = (product + ln2 / 2n) / ln2 - (product + ln2 / 2n < 0n ? 1n : 0n);
  return toFloat(exponential(product - twos * ln2), Number(twos) - Number(digits));
}

/** A positive float as a whole number of 53 bits and the power of two that it is multiplied with. */
function partsOf(value: number): [bigint, number] {
  let shift = Math.floor(Math.log2(value)) - 52;
  const scaled = (by: number): number => value * 2 ** Math.floor(-by / 2) * 2 ** Math.ceil(-by / 2);
  while (scaled(shift) >= 2 ** 53) shift += 1;
  while (scaled(shift) < 2 ** 52 && shift > -1074) shift -= 1;
  return [BigInt(scaled(shift)), shift];
}

function shifted(value: bigint, by: number): bigint {
  return by >= 0 ? value << BigInt(by) : value >> BigInt(-by);
}

/** ln of a number from 1 to 2, by the series of the inverse hyperbolic tangent. */
function logarithm(value: bigint): bigint {
  const ratio = ((value - one) << digits) / (value + one);
  const square = (ratio * ratio) >> digits;
  let sum = 0n;
  let term = ratio;
  for (let odd = 1n; term !== 0n; odd += 2n) {
    sum += term / odd;
    term = (term * square) >> digits;
  }
  return sum * 2n;
}

function exponential(value: bigint): bigint {
  let sum = one;
  let term = value;
  for (let next = 2n; term !== 0n && term !== -1n; next += 1n) {
    sum += term;
    term = ((term * value) >> digits) / next;
  }
  return sum;
}

/** The float next to `value * 2 ** shift`; halfway, give or take what was lost on the way, the even one. */
function toFloat(value: bigint, shift: number): number {
  const drop = BigInt(value.toString(2).length - 53);
  const kept = value >> drop;
  const rest = value - (kept << drop);
  const beyond = rest - (1n << (drop - 1n));
  const isTie = (beyond < 0n ? -beyond : beyond) < 1n << (drop - 40n);
  const up = isTie ? kept % 2n === 1n : beyond > 0n;
  return Number(up ? kept + 1n : kept) * 2 ** (shift + Number(drop));
}
