import { PyFloat, PyTuple, type Value } from '../../../core/index.ts';
import { compareText, doubleQuoted, floatText, pyStr } from '../../python/index.ts';
import { resolvePlain } from '../../yaml/index.ts';

/** What may stand without quotes in flow and block style alike, whatever surrounds it. */
const plainText = /^[\p{L}\p{N}_/.(+][\p{L}\p{N}_/.()+@=;$^~ -]*$/u;

/** YAML as PyYAML's safe dumper writes it: keys sorted, one line in flow style. Lines are not folded. */
export function writeYaml(value: Value, flow: boolean): string {
  if (isLeaf(value)) return writeScalar(value);
  return flow ? writeFlow(value) : writeBlock(value, 0);
}

function isLeaf(value: Value): boolean {
  return !(value instanceof Map || Array.isArray(value) || value instanceof PyTuple);
}

function itemsOf(value: Value): readonly Value[] {
  return value instanceof PyTuple ? value.items : (value as Value[]);
}

function entries(map: Map<Value, Value>): [string, Value][] {
  return [...map]
    .map(([key, item]): [string, Value] => [isLeaf(key) ? writeScalar(key) : `? ${writeFlow(key)} `, item])
    .sort(([a], [b]) => compareText(a.replace(/^['"]/, ''), b.replace(/^['"]/, '')));
}

function writeFlow(value: Value): string {
  if (isLeaf(value)) return writeScalar(value);
  if (value instanceof Map)
    return `{${entries(value)
      .map(([key, item]) => `${key}: ${writeFlow(item)}`)
      .join(', ')}}`;
  return `[${itemsOf(value).map(writeFlow).join(', ')}]`;
}

function writeBlock(value: Value, indent: number): string {
  const pad = ' '.repeat(indent);
  if (value instanceof Map) {
    if (value.size === 0) return '{}';
    return entries(value)
      .map(([key, item]) => {
        if (isLeaf(item) || isEmpty(item)) return `${key}: ${writeFlow(item)}`;
        const inner = item instanceof Map ? indent + 2 : indent;
        return `${key}:\n${' '.repeat(inner)}${writeBlock(item, inner)}`;
      })
      .join(`\n${pad}`);
  }
  const items = itemsOf(value);
  if (items.length === 0) return '[]';
  return items
    .map((item) => `- ${isLeaf(item) ? writeScalar(item) : writeBlock(item, indent + 2)}`)
    .join(`\n${pad}`);
}

function isEmpty(value: Value): boolean {
  return value instanceof Map ? value.size === 0 : itemsOf(value).length === 0;
}

export function writeScalar(value: Value): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return writeText(value);
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : yamlFloat(value);
  if (value instanceof PyFloat) return yamlFloat(value.value);
  if (value instanceof Uint8Array) return `!!binary ${doubleQuoted(Buffer.from(value).toString('base64'))}`;
  return pyStr(value).toLowerCase();
}

function yamlFloat(value: number): string {
  if (Number.isNaN(value)) return '.nan';
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf';
  const text = floatText(value);
  return text.includes('e') && !text.includes('.') ? text.replace('e', '.0e') : text;
}

function writeText(text: string): string {
  if (text === '') return "''";
  if (plainText.test(text) && !text.endsWith(' ') && typeof resolvePlain(text) === 'string') return text;
  return /^[\x20-\x7e\xa0-\ud7ff\ue000-\ufffd]*$/.test(text) ? singleQuoted(text) : doubleQuoted(text);
}

/** A YAML single-quoted scalar; line breaks are doubled because folding halves them. */
export function singleQuoted(text: string): string {
  return `'${text.replaceAll("'", "''").replaceAll('\n', '\n\n')}'`;
}
