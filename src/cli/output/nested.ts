import { PyTuple, type Value } from '../../core/index.ts';
import { pyStr } from '../../render/index.ts';
import type { Paint } from './paint.ts';

/** Salt's default output: indented, a dashed line above each inner map, `- ` before each item of a list. */
export function nested(value: Value, paint: Paint): string {
  const lines: string[] = [];
  write(value, { indent: 0, prefix: '', paint, lines });
  return lines.map((line) => `${line}\n`).join('');
}

interface Place {
  readonly indent: number;
  readonly prefix: string;
  readonly paint: Paint;
  readonly lines: string[];
}

function write(value: Value, at: Place): void {
  if (value instanceof Map) writeMap(value, at);
  else if (Array.isArray(value)) writeItems(value, at);
  else if (value instanceof PyTuple) writeItems(value.items, at);
  else writeScalar(value, at);
}

function writeScalar(value: Value, at: Place): void {
  const colour = typeof value === 'string' ? at.paint.text : at.paint.scalar;
  const text = value instanceof Uint8Array ? new TextDecoder().decode(value) : pyStr(value);
  // Every further line of a text is moved under the first one by dots, so that an item stays one item.
  splitLines(text).forEach((line, index) => {
    const prefix = index === 0 ? at.prefix : '.'.repeat(at.prefix.length);
    at.lines.push(' '.repeat(at.indent) + colour(prefix + line));
  });
}

function writeItems(items: readonly Value[], at: Place): void {
  for (const item of items) {
    const isMap = item instanceof Map;
    if (!isMap && !Array.isArray(item) && !(item instanceof PyTuple)) {
      write(item, { ...at, prefix: '- ' });
      continue;
    }
    at.lines.push(' '.repeat(at.indent) + at.paint.text('|_'));
    write(item, { ...at, indent: at.indent + 2, prefix: isMap ? '' : '- ' });
  }
}

function writeMap(map: ReadonlyMap<Value, Value>, at: Place): void {
  const margin = ' '.repeat(at.indent);
  if (at.indent > 0) at.lines.push(margin + at.paint.key('----------'));
  const entries = [...map].map(([key, item]): [string, Value] => [pyStr(key), item]);
  for (const [key, item] of entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))) {
    at.lines.push(margin + at.paint.key(at.prefix + key) + ':');
    write(item, { ...at, indent: at.indent + 4, prefix: '' });
  }
}

/** Lines as Python splits them: a break at the end starts no new line, and nothing is no line. */
function splitLines(text: string): string[] {
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
