import type { Value } from '../../../core/index.ts';
import { floatText, numberOf, pyRepr } from '../../python/index.ts';
import { getAttribute, getItem } from './access.ts';
import { characters, pure, str, used } from './convert.ts';
import { exponential, fixed, general, grouped, shortest, withPoint } from './number-text.ts';
import { ascii } from './percent.ts';
import type { Args, Runtime } from './runtime.ts';
import { type Part, PyObject, type PyValue, Slot, TemplateText, typeName } from './values.ts';

/** Python's `format.format(…)`; names and items are reached as in expressions, never further. */
export function formatBraces(rt: Runtime, format: string | TemplateText, args: Args): PyValue {
  const pattern = typeof format === 'string' ? format : format.text;
  const made = new TemplateText(new BraceFormat(rt, args).run(pattern, 2));
  const byAuthor = format instanceof TemplateText && format.parts.every((part) => typeof part === 'string');
  rt.spend(made.parts.length + made.text.length);
  return byAuthor ? made : made.text;
}

class BraceFormat {
  readonly #rt: Runtime;
  readonly #args: Args;
  #next = 0;

  constructor(rt: Runtime, args: Args) {
    this.#rt = rt;
    this.#args = args;
  }

  run(pattern: string, depth: number): Part[] {
    if (depth === 0) this.#rt.valueError('Max string recursion exceeded');
    const parts: Part[] = [];
    let index = 0;
    while (index < pattern.length) {
      const brace = nextBrace(pattern, index);
      parts.push(pattern.slice(index, brace));
      if (brace === pattern.length) break;
      const char = pattern[brace] as string;
      if (pattern[brace + 1] === char) {
        parts.push(char);
        index = brace + 2;
        continue;
      }
      if (char === '}') this.#rt.valueError("Single '}' encountered in format string");
      index = closing(this.#rt, pattern, brace) + 1;
      parts.push(...this.#field(pattern.slice(brace + 1, index - 1), depth));
    }
    return parts;
  }

  #field(field: string, depth: number): readonly Part[] {
    const [, path = '', conversion, spec = ''] = /^([^!:]*)(?:!([\s\S]))?(?::([\s\S]*))?$/.exec(field) ?? [];
    const value = this.#value(path);
    const inner = spec === '' ? '' : new TemplateText(this.run(spec, depth - 1)).text;
    if (conversion === undefined && inner === '' && value instanceof TemplateText) return value.parts;
    if (conversion === undefined) return [new Slot(formatSpec(this.#rt, value, inner))];
    if (!'rsa'.includes(conversion)) this.#rt.valueError(`Unknown conversion specifier ${conversion}`);
    const printed = conversion === 's' ? str(this.#rt, value) : pyRepr(pure(this.#rt, value));
    const text = conversion === 'a' ? ascii(printed) : printed;
    return [new Slot(formatSpec(this.#rt, text, inner))];
  }

  #value(path: string): PyValue {
    const [head = ''] = /^[^.[]*/.exec(path) ?? [];
    let value = this.#argument(head);
    for (const [, name, key] of path.slice(head.length).matchAll(/\.([^.[]+)|\[([^\]]*)\]/g)) {
      if (name !== undefined) value = getAttribute(this.#rt, value, name);
      else if (key !== undefined) value = getItem(this.#rt, value, /^\d+$/.test(key) ? Number(key) : key);
      used(this.#rt, value);
    }
    return value;
  }

  #argument(head: string): PyValue {
    if (head !== '' && !/^\d+$/.test(head)) {
      const named = this.#args.kw?.get(head);
      return named === undefined ? this.#rt.fail('TEMPLATE_VALUE', `KeyError: '${head}'`) : named;
    }
    const position = head === '' ? this.#next : Number(head);
    if (head === '') this.#next += 1;
    const value = this.#args.pos[position];
    if (value !== undefined) return value;
    const message = `Replacement index ${position} out of range for positional args tuple`;
    return this.#rt.fail('TEMPLATE_VALUE', message);
  }
}

function nextBrace(pattern: string, from: number): number {
  for (let index = from; index < pattern.length; index += 1)
    if (pattern[index] === '{' || pattern[index] === '}') return index;
  return pattern.length;
}

function closing(rt: Runtime, pattern: string, open: number): number {
  let depth = 0;
  for (let index = open; index < pattern.length; index += 1) {
    if (pattern[index] === '{') depth += 1;
    else if (pattern[index] === '}') depth -= 1;
    if (depth === 0) return index;
  }
  return rt.valueError("expected '}' before end of string");
}

const specPattern = /^(?:([\s\S])?([<>=^]))?([-+ ])?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([a-zA-Z%])?$/u;

/** Python's `format(value, spec)`. */
export function formatSpec(rt: Runtime, value: PyValue, spec: string): string {
  if (spec === '') return str(rt, value);
  const match = specPattern.exec(spec);
  if (match === null) return rt.valueError('Invalid format specifier');
  const [, fill, align, sign = '', alternate, zero, width, comma = '', precision, kind = ''] = match;
  const given = used(rt, value);
  const number = given instanceof PyObject ? undefined : numberOf(given as Value);
  rt.spend(Number(width ?? 0) + Number(precision ?? 0));
  const isNumber = number !== undefined && kind !== 's';
  if (!isNumber) checkTextSpec(rt, given, { sign, alternate, align, comma });
  if (!isNumber && kind !== '' && kind !== 's')
    rt.valueError(`Unknown format code '${kind}' for object of type '${typeName(given)}'`);
  const body = isNumber
    ? numberBody(rt, given as Value, number, { kind, alternate: alternate === '#', comma, precision })
    : cut(str(rt, given), precision);
  const text = isNumber && !body.startsWith('-') && sign !== '' && sign !== '-' ? sign + body : body;
  if (isNumber && comma !== '' && zero !== undefined && align === undefined) {
    const size = 'boxX'.includes(kind) && kind !== '' ? 4 : 3;
    return groupedZeros(text, comma, size, Number(width ?? 0));
  }
  const filling = fill ?? (zero === undefined ? ' ' : '0');
  return aligned(
    text,
    filling,
    align ?? (zero === undefined ? (isNumber ? '>' : '<') : isNumber ? '=' : '<'),
    Number(width ?? 0),
  );
}

function cut(text: string, precision: string | undefined): string {
  return precision === undefined ? text : characters(text).slice(0, Number(precision)).join('');
}

/** Zeros in front of grouped digits are grouped with them, and no separator stands first. */
function groupedZeros(text: string, separator: string, size: number, width: number): string {
  const [, sign = '', digits = '', rest = ''] =
    /^([-+ ]?(?:0[bxXo])?)([0-9a-fA-F,_]*)(.*)$/s.exec(text) ?? [];
  let whole = digits.replaceAll(separator, '');
  let made = grouped(whole, separator, size);
  while (sign.length + made.length + rest.length < width) {
    whole = `0${whole}`;
    made = grouped(whole, separator, size);
  }
  return sign + made + rest;
}

/** What Python's texts cannot be formatted with; other values that are no numbers take no format at all. */
function checkTextSpec(
  rt: Runtime,
  given: PyValue,
  spec: { sign: string; alternate: string | undefined; align: string | undefined; comma: string },
): void {
  if (typeof given !== 'string' && !(given instanceof TemplateText))
    rt.typeError(`unsupported format string passed to ${typeName(given)}.__format__`);
  if (spec.sign !== '') rt.valueError('Sign not allowed in string format specifier');
  if (spec.alternate !== undefined)
    rt.valueError('Alternate form (#) not allowed in string format specifier');
  if (spec.align === '=') rt.valueError("'=' alignment not allowed in string format specifier");
  if (spec.comma !== '') rt.valueError(`Cannot specify '${spec.comma}' with 's'.`);
}

/** Formats of integers take no precision, and not every one of them groups its digits. */
function checkIntegerSpec(rt: Runtime, { kind, comma, precision }: NumberSpec): void {
  if (precision !== undefined) rt.valueError('Precision not allowed in integer format specifier');
  const groups = comma === ',' ? ['', 'd'] : ['', 'd', 'b', 'o', 'x', 'X'];
  if (comma !== '' && !groups.includes(kind)) rt.valueError(`Cannot specify '${comma}' with '${kind}'.`);
}

interface NumberSpec {
  readonly kind: string;
  readonly alternate: boolean;
  readonly comma: string;
  readonly precision: string | undefined;
}

function numberBody(rt: Runtime, value: Value, number: number | bigint, spec: NumberSpec): string {
  const { kind, alternate, precision } = spec;
  const bases: Readonly<Record<string, number>> = { b: 2, o: 8, x: 16, X: 16 };
  const base = bases[kind];
  const whole =
    typeof value === 'bigint' ||
    typeof value === 'boolean' ||
    (typeof value === 'number' && Number.isInteger(value));
  let text: string;
  // `z` is an option of floats, not a form of numbers.
  if (!'bcdeEfFgGnoxX%'.includes(kind) && (kind !== 'z' || whole || spec.comma !== ''))
    rt.valueError(`Unknown format code '${kind}' for object of type '${typeName(value)}'`);
  if (base !== undefined || kind === 'd' || kind === 'c' || (whole && (kind === '' || kind === 'n'))) {
    if (!whole) rt.valueError(`Unknown format code '${kind}' for object of type 'float'`);
    checkIntegerSpec(rt, spec);
    if (kind === 'c') {
      if (number < 0 || number > 0x10ffff) rt.valueError('%c arg not in range(0x110000)');
      return String.fromCodePoint(Number(number));
    }
    const digits = BigInt(number).toString(base ?? 10);
    text = base !== undefined && alternate ? digits.replace(/^(-?)/, `$10${kind.toLowerCase()}`) : digits;
    if (kind === 'X') text = text.toUpperCase();
    return spec.comma === '' ? text : grouped(text, spec.comma, base === undefined ? 3 : 4);
  }
  const digits = Number(precision ?? 6);
  const real = Number(number);
  if (kind === '%') text = `${withPoint(fixed(real * 100, digits), alternate)}%`;
  else if (kind === 'f' || kind === 'F') text = withPoint(fixed(real, digits), alternate);
  else if (kind === 'e' || kind === 'E') text = withPoint(exponential(real, digits), alternate);
  else if (kind === '' && precision === undefined) text = floatText(real);
  else text = kind === '' ? shortest(real, digits, alternate) : general(real, digits, alternate);
  if ('FEG'.includes(kind) && kind !== '') text = text.toUpperCase();
  return spec.comma === '' ? text : grouped(text, spec.comma);
}

function aligned(text: string, fill: string, align: string, width: number): string {
  const missing = width - characters(text).length;
  if (missing <= 0) return text;
  if (align === '<') return text + fill.repeat(missing);
  if (align === '>') return fill.repeat(missing) + text;
  if (align === '^') return fill.repeat(Math.floor(missing / 2)) + text + fill.repeat(Math.ceil(missing / 2));
  const sign = /^[-+ ]?(?:0[bxXo])?/.exec(text)?.[0] ?? '';
  return sign + fill.repeat(missing) + text.slice(sign.length);
}
