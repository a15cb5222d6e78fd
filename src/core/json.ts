import { keyText, PyFloat, PyTuple, type Value } from './value.ts';

export interface JsonOptions {
  /** Spaces per level; without it the text is one line. */
  readonly indent?: number;
  readonly sortKeys?: boolean;
  /** Between items and after a key. Python's defaults are `', '` and `': '`. */
  readonly compact?: boolean;
  /** Escape everything outside ASCII, as Python's json does by default. Salt's printers do not. */
  readonly ascii?: boolean;
}

/**
 * JSON as Python's `json.dumps` writes it, which is how Salt prints events: `", "` and `": "` between
 * items, big integers in full, floats with their `.0`.
 */
export function toJson(value: Value, options: JsonOptions = {}): string {
  return write(value, options, '\n');
}

function write(value: Value, options: JsonOptions, newline: string): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return quote(value, options);
  if (typeof value === 'number' && !Number.isInteger(value)) return floatText(value);
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
    return String(value);
  if (value instanceof PyFloat) return floatText(value.value);
  if (value instanceof Uint8Array) return quote(new TextDecoder().decode(value), options);
  if (value instanceof PyTuple) return writeItems(value.items, options, newline);
  if (Array.isArray(value)) return writeItems(value, options, newline);
  let keys = [...value.entries()].map(([key, item]): [string, Value] => [keyText(key), item]);
  if (options.sortKeys === true) keys = keys.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  if (keys.length === 0) return '{}';
  const inner = options.indent === undefined ? newline : newline + ' '.repeat(options.indent);
  const colon = options.compact === true ? ':' : ': ';
  const members = keys.map(([key, item]) => quote(key, options) + colon + write(item, options, inner));
  return wrap('{', members, '}', options, newline, inner);
}

function writeItems(items: readonly Value[], options: JsonOptions, newline: string): string {
  if (items.length === 0) return '[]';
  const inner = options.indent === undefined ? newline : newline + ' '.repeat(options.indent);
  return wrap(
    '[',
    items.map((item) => write(item, options, inner)),
    ']',
    options,
    newline,
    inner,
  );
}

function wrap(
  open: string,
  members: string[],
  close: string,
  options: JsonOptions,
  newline: string,
  inner: string,
): string {
  if (options.indent !== undefined) return open + inner + members.join(`,${inner}`) + newline + close;
  return open + members.join(options.compact === true ? ',' : ', ') + close;
}

function floatText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) {
    const [digits, exponent = ''] = value.toExponential().split('e');
    return `${digits}e${exponent.replace(/^([-+])(\d)$/, '$10$2')}`;
  }
  if (size === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

function quote(text: string, options: JsonOptions): string {
  const quoted = JSON.stringify(text);
  if (options.ascii !== true) return quoted;
  return quoted.replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
