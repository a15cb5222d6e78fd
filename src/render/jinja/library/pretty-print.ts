import { PyTuple, type Value } from '../../../core/index.ts';
import { PyError, pyCompare, pyRepr, pyTypeName } from '../../python/index.ts';

const widthMax = 80;

/** Python's `pprint.pformat`: keys in order, what is wider than 80 columns one entry on a line. */
export function prettyPrint(value: Value): string {
  return print(sortedMaps(value), 0, 0, 1);
}

/** Maps with their keys in order. */
function sortedMaps(value: Value): Value {
  if (Array.isArray(value)) return value.map(sortedMaps);
  if (value instanceof PyTuple) return new PyTuple(value.items.map(sortedMaps));
  if (!(value instanceof Map)) return value;
  const entries = [...value].map(([key, item]): [Value, Value] => [key, sortedMaps(item)]);
  return new Map(entries.toSorted(([a], [b]) => compareKeys(a, b)));
}

/** Keys that have no order among them go by the names of their types. */
function compareKeys(a: Value, b: Value): number {
  try {
    return pyCompare(a, b);
  } catch (error) {
    if (!(error instanceof PyError)) throw error;
    const [left, right] = [pyTypeName(a), pyTypeName(b)];
    return left < right ? -1 : left > right ? 1 : 0;
  }
}

/** `after`: columns that what follows on the last line needs. */
function print(value: Value, indent: number, after: number, level: number): string {
  const plain = pyRepr(value);
  if (plain.length <= widthMax - indent - after) return plain;
  if (value instanceof Map && value.size > 0) return `{${printEntries(value, indent + 1, after + 1, level)}}`;
  if (Array.isArray(value)) return `[${printItems(value, indent + 1, after + 1, level)}]`;
  if (value instanceof PyTuple) {
    const end = value.items.length === 1 ? ',)' : ')';
    return `(${printItems(value.items, indent + 1, after + end.length, level)}${end}`;
  }
  return typeof value === 'string' ? printText(value, indent, after, level) : plain;
}

function printEntries(map: ReadonlyMap<Value, Value>, indent: number, after: number, level: number): string {
  const last = map.size - 1;
  return [...map]
    .map(([key, item], at) => {
      const head = `${pyRepr(key)}: `;
      return head + print(item, indent + head.length, at === last ? after : 1, level + 1);
    })
    .join(`,\n${' '.repeat(indent)}`);
}

function printItems(items: readonly Value[], indent: number, after: number, level: number): string {
  const last = items.length - 1;
  return items
    .map((item, at) => print(item, indent, at === last ? after : 1, level + 1))
    .join(`,\n${' '.repeat(indent)}`);
}

/** A long text as adjacent string literals, broken behind lines and words. */
function printText(text: string, outer: number, after: number, level: number): string {
  const top = level === 1 ? 1 : 0;
  const indent = outer + top;
  const width = widthMax - indent;
  const chunks: string[] = [];
  const lines = text.match(/[^\n\r]*(?:\r\n|\n|\r)|[^\n\r]+$/g) ?? [];
  for (const [at, line] of lines.entries()) {
    const spare = at === lines.length - 1 ? after + top : 0;
    if (pyRepr(line).length <= width - spare) chunks.push(pyRepr(line));
    else chunks.push(...wordChunks(line, width, spare));
  }
  if (chunks.length === 1) return chunks[0] as string;
  const joined = chunks.join(`\n${' '.repeat(indent)}`);
  return top === 1 ? `(${joined})` : joined;
}

function wordChunks(line: string, width: number, spare: number): string[] {
  const parts = line.match(/\S+\s*|\s+/g) ?? [];
  const chunks: string[] = [];
  let current = '';
  for (const [at, part] of parts.entries()) {
    const most = at === parts.length - 1 ? width - spare : width;
    if (pyRepr(current + part).length <= most) current += part;
    else {
      if (current !== '') chunks.push(pyRepr(current));
      current = part;
    }
  }
  if (current !== '') chunks.push(pyRepr(current));
  return chunks;
}
