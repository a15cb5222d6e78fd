import jmespath from 'jmespath';
import {
  fromPlain,
  messageOf,
  PyTuple,
  toJson,
  toPlain,
  type Value,
  type ValueMap,
} from '../../../../core/index.ts';
import { itemsOf, pure, used } from '../../run/convert.ts';
import { type PyObject, type PyValue, Undefined } from '../../run/values.ts';
import { type Call, type FnTable, fn, rawFn, table, textIn } from '../function.ts';

/** JMESPath has no step budget of its own. */
const expressionMax = 1000;

function jsonQuery(call: Call, self: PyValue): Value {
  if (self instanceof Undefined) return null;
  const expression = call.text(0);
  if (expression.length > expressionMax)
    call.rt.fail('TEMPLATE_BUDGET', `a query may have at most ${expressionMax} characters`);
  const data = pure(call.rt, self);
  call.rt.step(sizeOf(data) * (1 + (expression.match(/[[*?|]/g)?.length ?? 0)));
  try {
    return fromQueried(jmespath.search(forQuery(data), expression));
  } catch (error) {
    return call.rt.valueError(`the query '${expression}' cannot be answered: ${messageOf(error)}`);
  }
}

/** JSON has no tuples: JMESPath passes them on and finds nothing in them. */
class Opaque {
  readonly tuple: PyTuple;
  readonly [Symbol.toStringTag] = 'Tuple';

  constructor(tuple: PyTuple) {
    this.tuple = tuple;
  }

  /** For JMESPath's `to_string`. */
  toJSON(): unknown {
    return toPlain(this.tuple);
  }
}

function forQuery(value: Value): unknown {
  if (value instanceof PyTuple) return new Opaque(value);
  if (Array.isArray(value)) return value.map(forQuery);
  if (!(value instanceof Map)) return toPlain(value);
  const object = Object.create(null) as { [key: string]: unknown };
  for (const [key, item] of value) object[typeof key === 'string' ? key : toJson(key)] = forQuery(item);
  return object;
}

function fromQueried(found: unknown): Value {
  if (found instanceof Opaque) return found.tuple;
  if (Array.isArray(found)) return found.map(fromQueried);
  if (found === null || typeof found !== 'object' || found instanceof Uint8Array) return fromPlain(found);
  return new Map(Object.entries(found).map(([key, item]): [Value, Value] => [key, fromQueried(item)]));
}

function sizeOf(value: Value): number {
  if (value instanceof Map) return [...value.values()].reduce<number>((sum, item) => sum + sizeOf(item), 1);
  return Array.isArray(value) ? value.reduce<number>((sum, item) => sum + sizeOf(item), 1) : 1;
}

/** Salt's `mysql_to_dict`: the lines of a printed table as maps, by the column `key`. */
function mysqlToDict(call: Call, self: Value | PyObject): Value {
  const rows: ValueMap = new Map();
  let headers: readonly string[] | null = null;
  for (const line of itemsOf(call.rt, self).map((item) => textIn(call, used(call.rt, item)))) {
    if (line === '' || line.startsWith('+')) continue;
    const cells = line.split('|').map((cell) => cell.trim());
    if (headers === null || headers.length < 2) headers = cells;
    else addRow(call, rows, headers.slice(1, -1), cells.slice(1));
    call.rt.spend(cells.length);
  }
  return rows;
}

function addRow(call: Call, rows: ValueMap, headers: readonly string[], cells: readonly string[]): void {
  const row: ValueMap = new Map(headers.map((header, at): [Value, Value] => [header, cellOf(cells[at])]));
  const key = row.get(call.str(0));
  if (key === undefined) call.rt.valueError(`the table has no column '${call.str(0)}'`);
  rows.set(key as Value, row);
}

function cellOf(text = ''): Value {
  if (!/^[+-]?\d+(?:\.\d*)?$/.test(text)) return text;
  return text.includes('.') ? fromPlain(Number(text)) : fromPlain(BigInt(text));
}

/** Each text inside as bytes. Salt has this function under both names, the decoding ones too. */
function encodeMap(call: Call, self: Value | PyObject): PyValue {
  const value = pure(call.rt, self);
  if (!(value instanceof Map)) return call.rt.typeError(`${call.name} wants a mapping`);
  call.rt.spend(sizeOf(value));
  return encoded(value);
}

/** The items of a list, the characters of a text or the keys of a map. */
function encodeList(call: Call, self: Value | PyObject): PyValue {
  const items = itemsOf(call.rt, self).map((item) => pure(call.rt, item));
  call.rt.spend(sizeOf(items));
  return encoded(items);
}

function encoded(value: Value): Value {
  if (typeof value === 'string') return new TextEncoder().encode(value);
  if (Array.isArray(value)) return value.map(encoded);
  if (value instanceof PyTuple) return value.items.map(encoded);
  if (!(value instanceof Map)) return value;
  return new Map([...value].map(([key, item]) => [encoded(key), encoded(item)]));
}

const mapEncoder = fn('encoding? errors? keep? **', encodeMap);
const listEncoder = fn('encoding? errors? keep? **', encodeList);

export const queryFilters: FnTable = table({
  json_decode_dict: mapEncoder,
  json_decode_list: listEncoder,
  json_encode_dict: mapEncoder,
  json_encode_list: listEncoder,
  json_query: rawFn('expr', jsonQuery),
  mysql_to_dict: fn('key', mysqlToDict),
});
