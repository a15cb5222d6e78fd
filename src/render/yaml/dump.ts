import { PyFloat, PyTuple, type Value, type ValueMap } from '../../core/index.ts';
import { doubleQuoted, floatText, PyError, pyCompare, pyTypeName } from '../python/index.ts';
import { analyse, needsQuotes } from './analyse.ts';
import { depthMax } from './parse.ts';
import { Writer } from './writer.ts';

interface DumpOptions {
  /** Brackets on one line (folded when it gets long), or one entry on each line. */
  readonly flow: boolean;
}

interface Place {
  readonly flow: boolean;
  /** Levels of brackets around. */
  readonly level: number;
  readonly depth: number;
  readonly isKey: boolean;
  /** The value of a block map's entry. */
  readonly inMap: boolean;
}

/**
 * YAML text of a value as Salt's `yaml` filter writes it, without a final line break: keys sorted where they
 * can be, long lines folded. Throws a PyError for values nested too deeply.
 */
export function dumpYaml(value: Value, { flow }: DumpOptions): string {
  const writer = new Writer();
  write(value, writer, { flow, level: 0, depth: 0, isKey: false, inMap: false });
  return writer.text.trim();
}

function write(value: Value, writer: Writer, place: Place): void {
  if (place.depth > depthMax) throw new PyError('ValueError', 'the value is nested too deeply');
  const deeper = { ...place, depth: place.depth + 1, isKey: false, inMap: false };
  if (value instanceof Map) writeMap(value, writer, place, deeper);
  else if (Array.isArray(value)) writeList(value, writer, place, deeper);
  else if (value instanceof PyTuple) writeList(value.items, writer, place, deeper);
  else writeScalar(value, writer, place);
}

function writeList(items: readonly Value[], writer: Writer, place: Place, deeper: Place): void {
  const outer = writer.indent;
  if (place.flow || place.level > 0 || items.length === 0) {
    writer.indicator('[', { space: true, isSpace: true });
    indent(writer, true, false);
    for (const [index, item] of items.entries()) {
      separate(writer, index);
      write(item, writer, { ...deeper, level: place.level + 1 });
    }
    writer.indent = outer;
    writer.indicator(']');
    return;
  }
  indent(writer, false, place.inMap && !writer.atIndention);
  for (const item of items) {
    writer.newLine();
    writer.indicator('-', { space: true, isIndention: true });
    write(item, writer, deeper);
  }
  writer.indent = outer;
}

function writeMap(map: ValueMap, writer: Writer, place: Place, deeper: Place): void {
  const outer = writer.indent;
  const flow = place.flow || place.level > 0 || map.size === 0;
  const level = flow ? place.level + 1 : place.level;
  if (flow) writer.indicator('{', { space: true, isSpace: true });
  indent(writer, flow, false);
  for (const [index, [key, item]] of sortedEntries(map).entries()) {
    if (flow) separate(writer, index);
    else writer.newLine();
    const simple = isSimpleKey(key);
    if (!simple) writer.indicator('?', { space: true, isIndention: !flow });
    write(key, writer, { ...deeper, level, isKey: simple });
    if (simple) writer.indicator(':');
    else {
      if (!flow || writer.isWide) writer.newLine();
      writer.indicator(':', { space: true, isIndention: !flow });
    }
    write(item, writer, { ...deeper, level, inMap: simple });
  }
  writer.indent = outer;
  if (flow) writer.indicator('}');
}

function separate(writer: Writer, index: number): void {
  if (index > 0) writer.indicator(',');
  if (writer.isWide) writer.newLine();
}

function indent(writer: Writer, flow: boolean, indentless: boolean): void {
  if (writer.indent < 0) writer.indent = flow ? 2 : 0;
  else if (!indentless) writer.indent += 2;
}

const simpleKeyMax = 128;

function isSimpleKey(key: Value): boolean {
  if (key instanceof PyTuple) return key.items.length === 0;
  const text = typeof key === 'string' ? key : '';
  return Buffer.byteLength(text) <= simpleKeyMax && !analyse(text).multiline;
}

/** PyYAML sorts the keys of a map and leaves them when they do not compare. */
export function sortedEntries(map: ValueMap): [Value, Value][] {
  const entries = [...map];
  try {
    return entries.toSorted(([a], [b]) => pyCompare(a, b));
  } catch (error) {
    if (error instanceof PyError) return entries;
    throw error;
  }
}

/** Folded lines of a scalar stand one level deeper. */
function writeScalar(value: Value, writer: Writer, place: Place): void {
  const outer = writer.indent;
  indent(writer, true, false);
  writeStyled(value, writer, place);
  writer.indent = outer;
}

function writeStyled(value: Value, writer: Writer, place: Place): void {
  if (typeof value !== 'string') {
    if (value instanceof Uint8Array)
      throw new PyError('TypeError', `${pyTypeName(value)} cannot be written as YAML`);
    writer.plain(scalarText(value), !place.isKey);
    return;
  }
  const fold = !place.isKey;
  const { multiline, flowPlain, blockPlain, singleQuoted } = analyse(value);
  const isFlow = place.level > 0;
  const mayPlain = isFlow ? flowPlain : blockPlain;
  if (mayPlain && !needsQuotes(value) && !(place.isKey && (multiline || value === '')))
    writer.plain(value, fold);
  else if (singleQuoted && !(place.isKey && multiline)) writer.singleQuoted(value, fold);
  else writer.doubleQuoted(value, fold);
}

/** A scalar other than text as PyYAML represents it. */
function scalarText(value: Value): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  const number = value instanceof PyFloat ? value.value : value;
  if (
    typeof number === 'bigint' ||
    (typeof number === 'number' && value === number && Number.isInteger(number))
  )
    return BigInt(number).toString();
  if (typeof number !== 'number') throw new PyError('TypeError', `${pyTypeName(value)} is not a YAML scalar`);
  if (Number.isNaN(number)) return '.nan';
  if (!Number.isFinite(number)) return number > 0 ? '.inf' : '-.inf';
  const text = floatText(number);
  return text.includes('.') || !text.includes('e') ? text : text.replace('e', '.0e');
}

/** Salt's `yaml_dquote`: a double-quoted scalar in ASCII. */
export function yamlDquote(text: string): string {
  return doubleQuoted(text, true);
}

/** Salt's `yaml_squote`: a single-quoted scalar. */
export function yamlSquote(text: string): string {
  const body = text
    .replaceAll("'", "''")
    .replace(/[\n\x85\u2028\u2029]+/g, (breaks) => (breaks.startsWith('\n') ? `\n${breaks}` : breaks));
  return `'${body}'`;
}

/** Salt's `yaml_encode`: a scalar as YAML text. Throws a PyError for lists and maps. */
export function yamlEncode(value: Value): string {
  if (typeof value === 'string') return yamlDquote(value);
  if (
    value instanceof Map ||
    Array.isArray(value) ||
    value instanceof PyTuple ||
    value instanceof Uint8Array
  ) {
    const type = `<class '${pyTypeName(value)}'>`;
    throw new PyError('TypeError', `yaml_encode() only works with YAML scalar data; failed for ${type}`);
  }
  return scalarText(value);
}
