import { PyFloat, PyTuple, type Value } from '../../../src/core/index.ts';
import { pyRepr } from '../../../src/render/index.ts';

/** The driver's way to write values, so that both sides compare as JSON text. */
export function encoded(value: Value): unknown {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'bigint') return { i: String(value) };
  if (typeof value === 'number') return Number.isInteger(value) ? { i: String(value) } : { f: pyRepr(value) };
  if (value instanceof PyFloat) return { f: pyRepr(value) };
  if (value instanceof Uint8Array) return { b: Buffer.from(value).toString('hex') };
  if (value instanceof PyTuple) return { t: value.items.map(encoded) };
  if (Array.isArray(value)) return value.map(encoded);
  return { d: [...value].map(([key, item]) => [encoded(key), encoded(item)]) };
}

type EncodedMap = { readonly d: readonly (readonly [unknown, unknown])[] };

/** The pairs of a chunk as comparable text, without `__sls__`, which names a file of the test. */
export function chunkPairs(chunk: unknown): string[] {
  const pairs = (chunk as EncodedMap).d.filter(([key]) => key !== '__sls__');
  return pairs.map((pair) => JSON.stringify(unordered(pair)));
}

/** Maps are equal in whatever order, as in Python. */
export function unordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unordered);
  if (value === null || typeof value !== 'object') return value;
  if (!('d' in value)) return value;
  const pairs = (value as EncodedMap).d.map((pair) => JSON.stringify(unordered(pair)));
  return { d: pairs.sort().map((pair): unknown => JSON.parse(pair)) };
}
