import { type Lookup, readOnlyLookups, type Value } from '../core/index.ts';
import { fnmatch } from '../match/index.ts';

/** What templates may ask. Part of the rule set, so that an event is decided alike wherever it is decided. */
export interface LookupPolicy {
  /** Globs of functions beside those that only look. */
  readonly allow: readonly string[];
  /** Globs of functions that may not be asked; wins. */
  readonly deny: readonly string[];
  /** Different look-ups of one event. */
  readonly perEventMax: number;
}

export const defaultPolicy: LookupPolicy = { allow: [], deny: [], perEventMax: 32 };

/** Why a look-up may not be asked, or undefined. */
export function refusalOf(policy: LookupPolicy, lookup: Lookup): string | undefined {
  const name = nameOf(lookup);
  const asked = `salt['${lookup.fun}']`;
  const what = name === lookup.fun ? asked : `${asked} with ${name}`;
  if (policy.deny.some((glob) => fnmatch(name, glob)))
    return `${what} is forbidden by the setting lookup_deny`;
  if (policy.allow.some((glob) => fnmatch(name, glob))) return undefined;
  if (!readOnlyLookups.some((glob) => fnmatch(name, glob)))
    return `${what} may not be asked: it may do more than look; the setting lookup_allow: ['${name}'] allows it`;
  const method = name.endsWith('http.query') ? methodOf(lookup) : 'GET';
  if (method === 'GET' || method === 'HEAD') return undefined;
  return `${what} may not be asked with the method ${method}; the setting lookup_allow: ['${name}'] allows it`;
}

/** The function that is asked for in the end: `runner.manage.up` for `saltutil.runner('manage.up')`. */
export function nameOf({ fun, arg, kwarg }: Lookup): string {
  const kind = through.get(fun);
  if (kind === undefined) return fun;
  const inner = arg[0] ?? kwarg.get('name') ?? kwarg.get('fun');
  return `${kind}.${typeof inner === 'string' ? inner : ''}`;
}

const through: ReadonlyMap<string, string> = new Map([
  ['saltutil.runner', 'runner'],
  ['publish.runner', 'runner'],
  ['saltutil.wheel', 'wheel'],
]);

/** Whichever place the method may stand in: a call whose form is not clear does not pass for a harmless one. */
function methodOf({ fun, arg, kwarg }: Lookup): string {
  const inner = kwarg.get('kwarg');
  const places: (Value | undefined)[] =
    fun === 'http.query'
      ? [arg[1], kwarg.get('method')]
      : [
          arg[2],
          kwarg.get('method'),
          inner instanceof Map ? inner.get('method') : undefined,
          innerArgument(lookupArg(arg, kwarg)),
        ];
  const given = places.find((value) => value !== undefined && value !== null);
  return given === undefined ? 'GET' : String(given as string).toUpperCase();
}

/** `arg=[…]` of `saltutil.runner`. */
function lookupArg(arg: readonly Value[], kwarg: ReadonlyMap<Value, Value>): Value | undefined {
  return arg[1] ?? kwarg.get('arg');
}

function innerArgument(list: Value | undefined): Value | undefined {
  return Array.isArray(list) ? list[1] : undefined;
}
