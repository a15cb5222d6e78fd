import { PyFloat, PyTuple, type Value, type ValueMap } from '../../core/index.ts';

/** How values print. */
export interface PrintOptions {
  /**
   * Salt's printing in templates (3006.26, 3007.15, 3008.2 and later): a string that is a value of a printed
   * map and holds a line break, a carriage return or a tab prints as a YAML double-quoted scalar.
   */
  readonly saltPrint?: boolean;
}

const plainOptions: PrintOptions = {};

/** Python's `str(value)`. */
export function pyStr(value: Value, options: PrintOptions = plainOptions): string {
  return typeof value === 'string' ? value : print(value, options, []);
}

/** Python's `repr(value)`. */
export function pyRepr(value: Value, options: PrintOptions = plainOptions): string {
  return print(value, options, []);
}

function print(value: Value, options: PrintOptions, within: Value[]): string {
  if (value === null) return 'None';
  switch (typeof value) {
    case 'boolean':
      return value ? 'True' : 'False';
    case 'bigint':
      return value.toString();
    case 'number':
      return Number.isInteger(value) ? integerText(value) : floatText(value);
    case 'string':
      return quoted(value);
    default:
      break;
  }
  if (value instanceof PyFloat) return floatText(value.value);
  if (value instanceof Uint8Array) return bytesText(value);
  return printCollection(value, options, within);
}

function printCollection(
  value: Value[] | PyTuple | ValueMap,
  options: PrintOptions,
  within: Value[],
): string {
  const [open, close] = value instanceof Map ? '{}' : Array.isArray(value) ? '[]' : '()';
  if (within.includes(value)) return `${open}...${close}`;
  within.push(value);
  let text: string;
  if (value instanceof Map) {
    const members: string[] = [];
    for (const [key, item] of value) {
      const safe = options.saltPrint === true && typeof item === 'string' && /[\n\r\t]/.test(item);
      const printed = safe ? doubleQuoted(item) : print(item, options, within);
      members.push(`${print(key, options, within)}: ${printed}`);
    }
    text = members.join(', ');
  } else {
    const items = Array.isArray(value) ? value : value.items;
    text = items.map((item) => print(item, options, within)).join(', ');
    if (value instanceof PyTuple && items.length === 1) text += ',';
  }
  within.pop();
  return `${open}${text}${close}`;
}

function integerText(value: number): string {
  return Math.abs(value) < 1e21 ? String(value === 0 ? 0 : value) : BigInt(value).toString();
}

/** Python's shortest form of a float: an exponent below 1e-4 and from 1e16 on, `.0` for whole numbers. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const [mantissa = '', exponentText = '0'] = value.toExponential().split('e');
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= 16) {
    const digits = String(Math.abs(exponent)).padStart(2, '0');
    return `${mantissa}e${exponent < 0 ? '-' : '+'}${digits}`;
  }
  const sign = mantissa.startsWith('-') ? '-' : '';
  const digits = mantissa.replace(/[-.]/g, '');
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  return `${sign}${whole}.${digits.slice(exponent + 1) || '0'}`;
}

const simpleText = /^[ !#-&(-[\]-~]*$/;
const unprintable = /[\\\p{C}\p{Z}]/gu;

function quoted(text: string): string {
  if (simpleText.test(text)) return `'${text}'`;
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let escaped = text.replace(unprintable, escapeOf);
  if (quote === "'") escaped = escaped.replaceAll("'", "\\'");
  return quote + escaped + quote;
}

const shortEscapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  ' ': ' ',
};

function escapeOf(character: string): string {
  const short = shortEscapes[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}

function bytesText(bytes: Uint8Array): string {
  let text = '';
  let singles = false;
  let doubles = false;
  for (const byte of bytes) {
    if (byte === 0x27) singles = true;
    if (byte === 0x22) doubles = true;
  }
  const quote = singles && !doubles ? '"' : "'";
  for (const byte of bytes) {
    const character = String.fromCharCode(byte);
    if (character === quote) text += `\\${character}`;
    else if (byte >= 0x20 && byte < 0x7f) text += character === '\\' ? '\\\\' : character;
    else
      text +=
        character === ' ' ? ' ' : (shortEscapes[character] ?? `\\x${byte.toString(16).padStart(2, '0')}`);
  }
  return `b${quote}${text}${quote}`;
}

const yamlEscapes: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\x1b': '\\e',
  '"': '\\"',
  '\\': '\\\\',
  '\x85': '\\N',
  '\u2028': '\\L',
  '\u2029': '\\P',
};

/** What PyYAML escapes in a double-quoted scalar although it lets other characters outside ASCII stand. */
const yamlUnsafe = /["\\\u2028\u2029\ufeff]|[^\x20-\x7e\xa0-\ud7ff\ue000-\ufffd]/gu;
const yamlUnsafeAscii = /["\\]|[^\x20-\x7e]/gu;

/** A YAML 1.1 double-quoted scalar on one line, as PyYAML writes it; with `ascii`, everything else is escaped. */
export function doubleQuoted(text: string, ascii = false): string {
  const body = text.replace(ascii ? yamlUnsafeAscii : yamlUnsafe, (character) => {
    const short = character === '\xa0' ? '\\_' : yamlEscapes[character];
    if (short !== undefined) return short;
    const code = character.codePointAt(0) ?? 0;
    const hex = code.toString(16).toUpperCase();
    if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`;
    return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
  });
  return `"${body}"`;
}
