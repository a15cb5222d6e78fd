import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { BrineError, messageOf, type ValueMap } from '../../core/index.ts';
import { parseJson } from './json.ts';

/** Event data from `--data`: JSON, or `@FILE` with JSON in it. Throws BAD_ARGUMENT. */
export function eventData(given: string | undefined, cwd: string): ValueMap {
  if (given === undefined) return new Map();
  const value = parseJson(given.startsWith('@') ? readData(resolve(cwd, given.slice(1))) : given);
  if (value instanceof Map) return value;
  throw new BrineError('BAD_ARGUMENT', `Event data must be a map, such as '{"id": "web1"}'.`);
}

function readData(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new BrineError('BAD_ARGUMENT', `${file} cannot be read: ${messageOf(cause)}.`, { cause });
  }
}
