import { PyFloat, type Value, type ValueMap } from '../../core/index.ts';
import { loadYaml, mapSet } from '../../render/index.ts';

/**
 * The keyword arguments of the new format's `args`: a map as it is, or a list of one-key maps, or such a list
 * as YAML text. undefined when it is neither, or when nothing comes out.
 */
export function keywordsOf(args: Value): ValueMap | undefined {
  if (args instanceof Map) return args;
  const loaded = typeof args === 'string' ? loadYaml({ file: '<args>', text: args }) : null;
  const list = loaded === null ? args : loaded.ok ? loaded.value : null;
  if (!Array.isArray(list)) return undefined;
  const keywords: ValueMap = new Map();
  for (const item of list) {
    if (item instanceof Map) {
      const pair = item.size === 1 ? item.entries().next().value : undefined;
      if (pair === undefined) return undefined;
      mapSet(keywords, pair[0], pair[1]);
    } else if (isKeyword(item)) mapSet(keywords, item, null);
    else return undefined;
  }
  return keywords.size === 0 ? undefined : keywords;
}

/** A bare word or number in the list is an argument without a value. */
function isKeyword(item: Value): boolean {
  return (item !== null && typeof item !== 'object') || item instanceof PyFloat;
}

/** A list made of nothing but one-key maps; the empty list is one. */
export function isDictList(value: Value): boolean {
  return Array.isArray(value) && value.every((item) => item instanceof Map && item.size === 1);
}

/** What Salt gets when it walks a legacy `arg`: a text gives its characters. undefined for what has no items. */
export function positionals(arg: Value | undefined): Value[] | undefined {
  if (arg === undefined || arg === null) return [];
  if (Array.isArray(arg)) return arg;
  if (typeof arg === 'string') return Array.from(arg);
  return arg instanceof Map ? [...arg.keys()] : undefined;
}
