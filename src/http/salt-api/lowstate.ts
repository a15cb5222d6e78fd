import { splitArguments, type Value, type ValueMap } from '../../core/index.ts';
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

/**
 * The arguments of a chunk: `arg`, where a single one need not be a list and a map marked `__kwarg__` holds
 * keywords, and `kwarg`.
 */
export function argumentsOf(chunk: Chunk): { readonly arg: Value[]; readonly kwarg: ValueMap } {
  const given = chunk.get('arg');
  const list = given === undefined || given === null ? [] : [given].flat();
  const { arg, kwarg } = splitArguments(list);
  const named = chunk.get('kwarg');
  return { arg, kwarg: new Map([...kwarg, ...(named instanceof Map ? named : [])]) };
}
