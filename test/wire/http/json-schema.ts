type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonSchema = { readonly [keyword: string]: unknown };

const known = new Set([
  'type',
  'enum',
  'anyOf',
  'required',
  'properties',
  'additionalProperties',
  'items',
  '$ref',
  'maxLength',
  'minimum',
  'maximum',
  'default',
]);

/** What is wrong with a value by the part of JSON Schema that the API's document uses; empty when nothing is. */
export function faultsOf(value: Json, schema: JsonSchema, root: JsonSchema, at = '$'): string[] {
  for (const keyword of Object.keys(schema))
    if (!known.has(keyword)) throw new Error(`unknown keyword ${keyword}`);
  if (typeof schema['$ref'] === 'string') return faultsOf(value, resolve(schema['$ref'], root), root, at);
  if (Array.isArray(schema['anyOf'])) {
    const all = (schema['anyOf'] as JsonSchema[]).map((one) => faultsOf(value, one, root, at));
    return all.some((faults) => faults.length === 0) ? [] : all.flat();
  }
  if (Array.isArray(schema['enum']) && !schema['enum'].includes(value))
    return [`${at}: ${JSON.stringify(value)}`];
  const { type } = schema as { type?: string };
  if (type !== undefined && type !== typeOf(value, type))
    return [`${at} is ${typeOf(value, type)}, not ${type}`];
  if (Array.isArray(value)) {
    const items = (schema['items'] ?? {}) as JsonSchema;
    return value.flatMap((item, i) => faultsOf(item, items, root, `${at}[${i}]`));
  }
  return typeof value === 'object' && value !== null ? memberFaults(value, schema, root, at) : [];
}

function memberFaults(
  value: { [key: string]: Json },
  schema: JsonSchema,
  root: JsonSchema,
  at: string,
): string[] {
  const {
    required = [],
    properties = {},
    additionalProperties,
  } = schema as {
    required?: string[];
    properties?: Record<string, JsonSchema>;
    additionalProperties?: boolean;
  };
  const missing = required.filter((name) => !(name in value)).map((name) => `${at}.${name} is missing`);
  const faults = Object.entries(value).flatMap(([name, item]) => {
    const member = properties[name];
    if (member !== undefined) return faultsOf(item, member, root, `${at}.${name}`);
    return additionalProperties === false ? [`${at}.${name} is not in the document`] : [];
  });
  return [...missing, ...faults];
}

function typeOf(value: Json, wanted: string): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number' && wanted === 'integer' && Number.isInteger(value)) return 'integer';
  return typeof value;
}

function resolve(ref: string, root: JsonSchema): JsonSchema {
  let found: unknown = root;
  for (const step of ref.replace(/^#\//, '').split('/')) found = (found as Record<string, unknown>)[step];
  if (typeof found !== 'object' || found === null) throw new Error(`nothing at ${ref}`);
  return found as JsonSchema;
}
