import { isMap, toJson, type Value } from '../../../../src/core/index.ts';
import { holdsToken } from './data.ts';

/**
 * Where the structures differ that a template made of harmless and of hostile data: null when they do not. What
 * stands for data may be anything; what the author wrote must be there, the same, and nothing beside it.
 */
export function intrusion(harmless: Value, hostile: Value, path = ''): string | null {
  if (isData(harmless)) return null;
  // What an expression computes from data may be another scalar; it must stay one.
  if (!isNested(harmless)) return isNested(hostile) ? `${path}: a scalar became structure` : null;
  if (Array.isArray(harmless)) {
    if (!Array.isArray(hostile) || hostile.length !== harmless.length) return `${path}: a list changed`;
    // A list of the event may be printed in another order.
    if (harmless.some(isData) && !harmless.some(isNested)) return null;
    return firstOf(
      harmless.map((item, index) => intrusion(item, hostile[index] as Value, `${path}/${index}`)),
    );
  }
  if (!isMap(harmless) || !isMap(hostile) || hostile.size !== harmless.size) return `${path}: a map changed`;
  const written = [...harmless].filter(([key]) => !isData(key));
  return firstOf(
    written.map(([key, item]) => {
      const at = `${path}/${toJson(key)}`;
      return hostile.has(key) ? intrusion(item, hostile.get(key) as Value, at) : `${at}: is gone`;
    }),
  );
}

function isNested(value: Value): boolean {
  return Array.isArray(value) || isMap(value);
}

/** Nothing but data: a text with a token in it, or a list or map of such. */
function isData(value: Value): boolean {
  if (typeof value === 'string') return holdsToken(value);
  if (Array.isArray(value)) return value.length > 0 && value.every(isData);
  return isMap(value) && value.size > 0 && [...value].every(([key, item]) => isData(key) && isData(item));
}

function firstOf(found: readonly (string | null)[]): string | null {
  return found.find((each) => each !== null) ?? null;
}
