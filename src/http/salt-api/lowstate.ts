import type { Value, ValueMap } from '../../core/index.ts';
import { HttpError } from '../server/http-error.ts';
import { ReturnedError } from './salt-errors.ts';

/** One call as clients of salt-api write it: `client`, `fun`, `tgt`, … */
export type Chunk = ValueMap;

const chunksMax = 1000;

/** The chunks of a body: a list of maps, or one map. Throws 400 for anything else. */
export function lowstateOf(value: Value, max: number = chunksMax): Chunk[] {
  const list = value instanceof Map && value.size > 0 ? [value] : value;
  if (!Array.isArray(list)) throw new HttpError(400, 'Lowstates must be a list');
  if (list.length > max) throw new HttpError(400, `A request may have ${max} lowstates.`);
  return list.map((chunk) => {
    if (chunk instanceof Map) return chunk;
    throw new ReturnedError(500, 'A lowstate must be a map.');
  });
}

/** The positional arguments of a chunk; a single one need not be a list. */
export function argOf(chunk: Chunk): Value[] {
  const arg = chunk.get('arg');
  if (arg === undefined || arg === null) return [];
  return Array.isArray(arg) ? arg : [arg];
}

export function kwargOf(chunk: Chunk): ValueMap {
  const kwarg = chunk.get('kwarg');
  return kwarg instanceof Map ? kwarg : new Map();
}
