import { PyFloat, PyTuple, toJson, type Value } from '../../../../core/index.ts';
import {
  dumpYaml,
  resolvePlain,
  sortedEntries,
  yamlDquote,
  yamlEncode,
  yamlSquote,
} from '../../../yaml/index.ts';
import { pure, str, used } from '../../run/convert.ts';
import { PyObject, type PyValue, Serialised, TemplateText, typeName } from '../../run/values.ts';
import { type Call, type FnTable, fn, rawFn, table } from '../function.ts';
import { deserialiser } from '../load.ts';
import { writeXml } from '../xml-write.ts';

/** Serialised text: well formed by construction, so it goes out as text. `read` is what it reads back as. */
function written(call: Call, read: Value, text: string): TemplateText {
  call.rt.spend(text.length);
  return new TemplateText([new Serialised(read, text)]);
}

/** What Salt's YAML makes of the value's JSON: text for keys and for floats without a point, no tuples. */
function readFromJson(value: Value, sortKeys: boolean): Value {
  if (typeof value === 'number' || value instanceof PyFloat) return resolvePlain(toJson(value));
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof PyTuple) return value.items.map((item) => readFromJson(item, sortKeys));
  if (Array.isArray(value)) return value.map((item) => readFromJson(item, sortKeys));
  if (!(value instanceof Map)) return value;
  const entries = [...value].map(([key, item]): [string, Value] => [
    typeof key === 'string' ? key : toJson(key),
    readFromJson(item, sortKeys),
  ]);
  return new Map(sortKeys ? entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)) : entries);
}

/** YAML has no tuples either, and keys are written in order. */
function readFromYaml(value: Value): Value {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(readFromYaml);
  if (value instanceof PyTuple) return value.items.map(readFromYaml);
  if (!(value instanceof Map)) return value;
  return new Map(sortedEntries(value).map(([key, item]) => [key, readFromYaml(item)]));
}

function dataOf(call: Call, self: PyValue, format: string): Value {
  if (self instanceof PyObject)
    return call.rt.typeError(`an object of type ${typeName(self)} is not ${format} serializable`);
  return pure(call.rt, self);
}

/** Python cannot sort keys of different kinds. */
function checkSortable(call: Call, value: Value): void {
  if (value === null || typeof value !== 'object') return;
  if (Array.isArray(value)) for (const item of value) checkSortable(call, item);
  if (!(value instanceof Map)) return;
  const kinds = new Set<string>();
  for (const [key, item] of value) {
    kinds.add(key === null ? 'None' : typeof key === 'string' ? 'str' : 'number');
    checkSortable(call, item);
  }
  if (kinds.size > 1) call.rt.typeError(`json cannot sort keys of different types: ${[...kinds].join(', ')}`);
}

function json(call: Call, self: PyValue): TemplateText {
  const value = dataOf(call, self, 'JSON');
  const sortKeys = call.flag(0, true);
  if (sortKeys) checkSortable(call, value);
  const indent = call.has(1) && call.value(1) !== null ? call.int(1) : undefined;
  const text = toJson(value, indent === undefined ? { sortKeys } : { sortKeys, indent });
  return written(call, readFromJson(value, sortKeys), text);
}

const html: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  "'": '\\u0027',
};

function htmlSafeJson(call: Call, self: PyValue): TemplateText {
  const value = dataOf(call, self, 'JSON');
  const indent = call.has(0) && call.value(0) !== null ? call.int(0) : undefined;
  const sortKeys = call.extra.get('sort_keys') === true;
  const options = { ascii: true, sortKeys };
  const text = toJson(value, indent === undefined ? options : { ...options, indent });
  return written(
    call,
    readFromJson(value, sortKeys),
    text.replace(/[<>&']/g, (char) => html[char] ?? char),
  );
}

function yaml(call: Call, self: PyValue): TemplateText {
  const value = dataOf(call, self, 'YAML');
  return written(call, readFromYaml(value), dumpYaml(value, { flow: call.flag(0, true) }));
}

/** One list item for each entry of a map, as states take their parameters. */
function slsParameters(call: Call, self: PyValue): TemplateText {
  const value = dataOf(call, self, 'YAML');
  if (!(value instanceof Map)) return call.rt.typeError('dict_to_sls_yaml_params wants a mapping');
  const items = [...value].map((entry): Value => new Map([entry]));
  return written(call, readFromYaml(items), dumpYaml(items, { flow: call.flag(0, false) }));
}

function encode(call: Call, self: PyValue): TemplateText {
  const value = dataOf(call, self, 'YAML');
  return written(call, value, yamlEncode(value));
}

function load(format: string): (call: Call, self: PyValue) => PyValue {
  return (call, self) => {
    const given = used(call.rt, self);
    if (format !== 'text' && typeof given !== 'string' && !(given instanceof Uint8Array))
      call.rt.typeError(`load_${format} wants a text, not ${typeName(given)}`);
    return deserialiser(format, call.rt.at.source)(call.rt, self);
  };
}

export const serialiseFilters: FnTable = table({
  dict_to_sls_yaml_params: fn('flow_style?', slsParameters),
  json: fn('sort_keys? indent?', json),
  load_json: rawFn('', load('json')),
  load_text: rawFn('', load('text')),
  load_yaml: rawFn('', load('yaml')),
  tojson: fn('indent? **', htmlSafeJson),
  xml: fn('', (call, self) => writeXml(call.rt, dataOf(call, self, 'XML'))),
  yaml: fn('flow_style?', yaml),
  yaml_dquote: fn('', (call, self) => written(call, str(call.rt, self), yamlDquote(str(call.rt, self)))),
  yaml_encode: fn('', encode),
  yaml_squote: fn('', (call, self) => written(call, str(call.rt, self), yamlSquote(str(call.rt, self)))),
});
