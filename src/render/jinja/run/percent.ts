import { PyFloat, PyTuple, type Value } from '../../../core/index.ts';
import { mapGet, numberOf, pyRepr } from '../../python/index.ts';
import { characters, pure, str, used } from './convert.ts';
import { exponential, fixed, general, withPoint } from './number-text.ts';
import type { Runtime } from './runtime.ts';
import { type Part, PyObject, type PyValue, Slot, TemplateText, typeName, Undefined } from './values.ts';

interface Directive {
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
  readonly kind: string;
}

const directive = /%(?:\(([^)]*)\))?([-+ #0]*)(\*|\d+)?(?:\.(\*|\d+)?)?([hlL]?)([\s\S]?)/g;

/**
 * Python's `format % arguments`. A format that the author wrote stays author's text: what it inserts
 * becomes slots.
 */
export function formatPercent(rt: Runtime, format: string | TemplateText, values: PyValue): PyValue {
  const pattern = typeof format === 'string' ? format : format.text;
  const parts = new PercentFormat(rt, values).run(pattern);
  const byAuthor = format instanceof TemplateText && format.parts.every((part) => typeof part === 'string');
  const made = new TemplateText(parts);
  rt.spend(made.parts.length + made.text.length);
  return byAuthor ? made : made.text;
}

class PercentFormat {
  readonly #rt: Runtime;
  readonly #values: PyValue;
  readonly #list: readonly PyValue[];
  #next = 0;

  constructor(rt: Runtime, values: PyValue) {
    this.#rt = rt;
    this.#values = values;
    this.#list = this.#values instanceof PyTuple ? this.#values.items : [values];
  }

  run(pattern: string): Part[] {
    const parts: Part[] = [];
    let end = 0;
    let keyed = false;
    for (const match of pattern.matchAll(directive)) {
      parts.push(pattern.slice(end, match.index));
      end = match.index + match[0].length;
      if (match[0] === '%%') {
        parts.push('%');
        continue;
      }
      if (match[6] === '') this.#rt.valueError('incomplete format');
      keyed ||= match[1] !== undefined;
      parts.push(...this.#insert(match));
    }
    parts.push(pattern.slice(end));
    // Python asks only what cannot be looked into to be used up.
    const isHolder =
      this.#values instanceof Map || Array.isArray(this.#values) || this.#values instanceof Undefined;
    if (!keyed && !isHolder && this.#next < this.#list.length)
      this.#rt.typeError('not all arguments converted during string formatting');
    return parts;
  }

  #insert(match: RegExpMatchArray): readonly Part[] {
    const [, key, flags = '', width, precision, , kind = ''] = match;
    const hasPoint = /\.(?:\*|\d+)?[hlL]?[\s\S]?$/.test(match[0]) && match[0].includes('.');
    const found: Directive = {
      flags,
      width: width === undefined ? 0 : width === '*' ? this.#count() : Number(width),
      precision: precision === '*' ? this.#count() : hasPoint ? Number(precision ?? 0) : undefined,
      kind,
    };
    const value = key === undefined ? this.#take() : this.#named(key);
    const bare = found.width === 0 && found.precision === undefined;
    if (kind === 's' && bare && value instanceof TemplateText) return value.parts;
    const text = pad(this.#rt, convert(this.#rt, value, found), found);
    return [new Slot(text)];
  }

  #count(): number {
    const value = used(this.#rt, this.#take());
    return typeof value === 'number' ? value : this.#rt.typeError('* wants int');
  }

  #take(): PyValue {
    const value = this.#list[this.#next];
    this.#next += 1;
    return value === undefined ? this.#rt.typeError('not enough arguments for format string') : value;
  }

  #named(key: string): PyValue {
    const values = this.#values;
    if (!(values instanceof Map)) return this.#rt.typeError('format requires a mapping');
    const value = mapGet(values, key);
    return value === undefined ? this.#rt.fail('TEMPLATE_VALUE', `KeyError: '${key}'`) : value;
  }
}

function convert(rt: Runtime, value: PyValue, found: Directive): string {
  const { kind, precision, flags } = found;
  const cut = (text: string): string =>
    precision === undefined ? text : characters(text).slice(0, precision).join('');
  switch (kind) {
    case 's':
      return cut(str(rt, value));
    case 'r':
      return cut(pyRepr(pure(rt, value)));
    case 'a':
      return cut(ascii(pyRepr(pure(rt, value))));
    case 'd':
    case 'i':
    case 'u':
      return signed(padDigits(rt, integerDigits(rt, value, kind), precision), flags);
    case 'x':
    case 'X':
    case 'o':
      return signed(radix(rt, value, found), flags);
    case 'c':
      return character(rt, value);
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
      return signed(real(rt, value, found), flags);
    default:
      return rt.valueError(`unsupported format character '${kind}'`);
  }
}

/** Python's escapes for what is outside ASCII. */
export function ascii(text: string): string {
  return text.replace(/[^\p{ASCII}]/gu, (character) => {
    const hex = (character.codePointAt(0) ?? 0).toString(16);
    if (hex.length <= 2) return `\\x${hex}`;
    return hex.length <= 4 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
  });
}

function numeric(rt: Runtime, value: PyValue, kind: string): number | bigint {
  const given = used(rt, value);
  const number = given instanceof PyObject ? undefined : numberOf(given as Value);
  return number ?? rt.typeError(`%${kind} format: a real number is required, not ${typeName(given)}`);
}

function integerDigits(rt: Runtime, value: PyValue, kind: string): string {
  const number = numeric(rt, value, kind);
  return typeof number === 'bigint' ? number.toString() : BigInt(Math.trunc(number)).toString();
}

/** The precision of an integer: at least so many digits. */
function padDigits(rt: Runtime, text: string, precision = 0, prefix = ''): string {
  const [, sign = '', digits = ''] = /^(-?)(.*)$/.exec(text) ?? [];
  rt.spend(precision);
  return sign + prefix + digits.padStart(precision, '0');
}

function radix(rt: Runtime, value: PyValue, { kind, precision, flags }: Directive): string {
  const number = numeric(rt, value, kind);
  if (typeof number === 'number' && (!Number.isInteger(number) || used(rt, value) instanceof PyFloat))
    rt.typeError(`%${kind} format: an integer is required, not float`);
  const prefix = flags.includes('#') ? `0${kind.toLowerCase()}` : '';
  const text = padDigits(rt, BigInt(number).toString(kind === 'o' ? 8 : 16), precision, prefix);
  return kind === 'X' ? text.toUpperCase() : text;
}

function character(rt: Runtime, value: PyValue): string {
  const given = used(rt, value);
  const code = typeof given === 'boolean' ? Number(given) : given;
  if (typeof code === 'bigint' || (typeof code === 'number' && Number.isInteger(code))) {
    if (code < 0 || code > 0x10ffff) rt.valueError('%c arg not in range(0x110000)');
    return String.fromCodePoint(Number(code));
  }
  if (typeof given === 'string' && characters(given).length === 1) return given;
  return rt.typeError('%c requires int or char');
}

function real(rt: Runtime, value: PyValue, found: Directive): string {
  const number = Number(numeric(rt, value, found.kind));
  const digits = found.precision ?? 6;
  rt.spend(digits);
  const kind = found.kind.toLowerCase();
  const alternate = found.flags.includes('#');
  const text =
    kind === 'g'
      ? general(number, digits, alternate)
      : withPoint(kind === 'f' ? fixed(number, digits) : exponential(number, digits), alternate);
  return found.kind === kind ? text : text.toUpperCase();
}

function signed(text: string, flags: string): string {
  if (text.startsWith('-')) return text;
  return flags.includes('+') ? `+${text}` : flags.includes(' ') ? ` ${text}` : text;
}

function pad(rt: Runtime, text: string, found: Directive): string {
  const missing = found.width - characters(text).length;
  if (missing <= 0) return text;
  rt.spend(missing);
  if (found.flags.includes('-')) return text + ' '.repeat(missing);
  if (!found.flags.includes('0') || 'srac'.includes(found.kind)) return ' '.repeat(missing) + text;
  const sign = /^[-+ ]?(?:0[xXo])?/.exec(text)?.[0] ?? '';
  return sign + text.slice(sign.length).padStart(found.width - sign.length, '0');
}
