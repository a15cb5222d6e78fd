import { PyFloat, PyTuple, toJson, type Value, type ValueMap } from '../../core/index.ts';
import { globTest } from './glob.ts';
import { regexTest } from './regex.ts';

interface MatchOptions {
  readonly delimiter?: string;
  readonly regex?: boolean;
}

/**
 * Salt's match of `key:sub:pattern` in nested data. Every way to cut the expression into a path and a
 * pattern is tried, the longest path first, so `a:b:c` means a→b = c or a = "b:c". A first part `*` stands
 * for any one key. Scalars compare as lower-case text.
 */
export function subdictMatch(data: Value, expression: string, options: MatchOptions = {}): boolean {
  const delimiter = options.delimiter ?? ':';
  const parts = expression.split(delimiter);
  for (let keys = parts.length - 1; keys >= 1; keys -= 1) {
    const anyKey = keys === 1 && parts[0] === '*';
    const found = anyKey ? data : traverse(data, parts.slice(0, keys));
    if (found === undefined) continue;
    const pattern = anyKey ? expression : parts.slice(keys).join(delimiter);
    if (matchesValue(found, pattern, delimiter, options)) return true;
  }
  return false;
}

function matchesValue(found: Value, pattern: string, delimiter: string, options: MatchOptions): boolean {
  if (found instanceof Map) return found.size > 0 && matchesMap(found, pattern, delimiter, options);
  const test = scalarTest(pattern, options.regex === true);
  const items = listItems(found);
  if (items === null) return test(scalarText(found));
  return items.some((item) =>
    item instanceof Map ? matchesMap(item, pattern, delimiter, options) : test(scalarText(item)),
  );
}

/** A map holds `*` (it is there), one of its keys, a nested match, or after `*:` any child that matches. */
function matchesMap(map: ValueMap, pattern: string, delimiter: string, options: MatchOptions): boolean {
  const anyChild = pattern.startsWith(`*${delimiter}`);
  const rest = anyChild ? pattern.slice(1 + delimiter.length) : pattern;
  if (rest === '*' || map.has(rest)) return true;
  if (rest.includes(delimiter) && subdictMatch(map, rest, { ...options, delimiter })) return true;
  if (!anyChild) return false;
  for (const child of map.values()) if (matchesValue(child, rest, delimiter, options)) return true;
  return false;
}

function listItems(value: Value): readonly Value[] | null {
  if (value instanceof PyTuple) return value.items;
  return Array.isArray(value) ? value : null;
}

/** The value at a path: keys of maps, numbers for list items, and maps inside lists are searched. */
function traverse(data: Value, path: readonly string[]): Value | undefined {
  let at: Value = data;
  for (const key of path) {
    const next = step(at, key);
    if (next === undefined) return undefined;
    at = next;
  }
  return at;
}

function step(at: Value, key: string): Value | undefined {
  if (at instanceof Map) {
    const found = at.get(key);
    return found === undefined && /^-?\d+$/.test(key) ? at.get(Number(key)) : found;
  }
  const items = listItems(at);
  if (items === null) return undefined;
  if (/^-?\d+$/.test(key) && items.at(Number(key)) !== undefined) return items.at(Number(key));
  for (const item of items) {
    const inside = item instanceof Map ? item.get(key) : undefined;
    if (inside !== undefined) return inside;
  }
  return undefined;
}

function scalarTest(pattern: string, regex: boolean): (text: string) => boolean {
  const lower = pattern.toLowerCase();
  return regex ? regexTest(lower) : globTest(lower);
}

/** A scalar as Python prints it, in lower case. */
function scalarText(value: Value): string {
  if (value === null) return 'none';
  if (value instanceof PyFloat)
    return Number.isInteger(value.value) ? `${value.value}.0` : String(value.value);
  if (value instanceof Uint8Array) return new TextDecoder().decode(value).toLowerCase();
  if (Array.isArray(value) || value instanceof Map || value instanceof PyTuple)
    return toJson(value).toLowerCase();
  return String(value).toLowerCase();
}
