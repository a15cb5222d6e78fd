import { pythonRegex } from '../../client/index.ts';
import { BrineError, PyFloat, type Value, type ValueMap } from '../../core/index.ts';

/** Patterns for arguments; null means any. All that are listed must be given and fit. */
export interface ArgumentRule {
  readonly args?: readonly (string | null)[];
  readonly kwargs?: Readonly<Record<string, string | null>>;
}

/** A function by pattern, with or without rules for its arguments. */
export type FunctionGrant = string | { readonly [fun: string]: ArgumentRule | readonly ArgumentRule[] };

/**
 * One entry of a list as Salt's `external_auth` has it: a pattern for functions on every minion, `@runner`,
 * `@wheel`, `@jobs` or another module of theirs, or a map from one target (or one `@…`) to functions.
 */
export type Permission = string | { readonly [target: string]: FunctionGrant | readonly FunctionGrant[] };

/** Salt lets everybody ask whether a job is still at work. */
const alwaysAllowed = 'saltutil.find_job';

/** Reads permissions from a file or a command line. Throws BAD_ARGUMENT for what is none. */
export function readPermissions(raw: unknown): Permission[] {
  if (!Array.isArray(raw)) throw wrong('Permissions are a list', raw);
  return raw.map((entry) => {
    if (typeof entry === 'string') {
      if (!entry.startsWith('@')) pattern(entry);
      return entry;
    }
    const [target, grants, ...rest] = Object.entries(mapOf(entry)).flat();
    if (typeof target !== 'string' || rest.length > 0)
      throw wrong('A permission is a text or a map with one key', entry);
    for (const grant of asList(grants)) checkGrant(grant);
    return entry as Permission;
  });
}

function checkGrant(grant: unknown): void {
  if (typeof grant === 'string') {
    pattern(grant);
    return;
  }
  const [fun, rules, ...rest] = Object.entries(mapOf(grant)).flat();
  if (typeof fun !== 'string' || rest.length > 0)
    throw wrong('A function is a text or a map with one key', grant);
  pattern(fun);
  for (const rule of asList(rules)) {
    const { args = [], kwargs = {} } = mapOf(rule) as ArgumentRule;
    if (!Array.isArray(args)) throw wrong('The rule `args` is a list', args);
    for (const text of [...args, ...Object.values(mapOf(kwargs))]) if (text !== null) pattern(String(text));
  }
}

/**
 * Where a function may run: `everywhere`, or compound targets one of which must hold all its minions. An empty
 * list means nowhere. Patterns are anchored at the start only, as Salt's are.
 */
export function targetsFor(
  permissions: readonly Permission[],
  fun: string,
  arg: readonly Value[],
  kwarg: ValueMap,
): 'everywhere' | readonly string[] {
  if (fun === alwaysAllowed) return 'everywhere';
  const targets: string[] = [];
  for (const permission of permissions) {
    if (typeof permission === 'string') {
      if (fits(permission, fun)) return 'everywhere';
      continue;
    }
    for (const [target, grants] of Object.entries(permission))
      if (!target.startsWith('@') && allows(grants, fun, arg, kwarg)) targets.push(target);
  }
  return targets;
}

/** Whether a runner or a wheel may be called: by `@runner`, `@runners`, or the function's module such as `@jobs`. */
export function mayCall(
  permissions: readonly Permission[],
  kind: 'runner' | 'wheel',
  fun: string,
  arg: readonly Value[],
  kwarg: ValueMap,
): boolean {
  const [module = '', name = '', ...rest] = fun.split('.');
  if (name === '' || rest.length > 0) return false;
  const wide = [`@${kind}`, `@${kind}s`];
  return permissions.some((permission) => {
    if (typeof permission === 'string') return [...wide, `@${module}`].includes(permission);
    return Object.entries(permission).some(
      ([key, grants]) =>
        (wide.includes(key) && allows(grants, fun, arg, kwarg)) ||
        (key === `@${module}` && allows(grants, name, arg, kwarg)),
    );
  });
}

/** Salt's order of the permissions that a login tells: texts, then maps, each sorted. */
export function sortedPermissions(permissions: readonly Permission[]): Permission[] {
  const texts = permissions.filter((entry) => typeof entry === 'string').toSorted();
  const maps = permissions
    .filter((entry) => typeof entry !== 'string')
    .toSorted((a, b) => (firstKey(a) < firstKey(b) ? -1 : 1));
  return [...texts, ...maps];
}

function firstKey(entry: Permission): string {
  return typeof entry === 'string' ? entry : (Object.keys(entry)[0] ?? '');
}

function allows(
  grants: FunctionGrant | readonly FunctionGrant[],
  fun: string,
  arg: readonly Value[],
  kwarg: ValueMap,
): boolean {
  return asList(grants).some((grant) => {
    if (typeof grant === 'string') return fits(grant, fun);
    return Object.entries(grant).some(
      ([name, rules]) => fits(name, fun) && asList(rules).some((rule) => argumentsFit(rule, arg, kwarg)),
    );
  });
}

function argumentsFit(
  { args = [], kwargs = {} }: ArgumentRule,
  arg: readonly Value[],
  kwarg: ValueMap,
): boolean {
  return (
    args.every((wanted, i) => i < arg.length && (wanted === null || fits(wanted, textOf(arg[i])))) &&
    Object.entries(kwargs).every(
      ([key, wanted]) => kwarg.has(key) && (wanted === null || fits(wanted, textOf(kwarg.get(key)))),
    )
  );
}

/** A scalar argument as Python prints it; lists and maps fit no pattern but the empty one. */
function textOf(value: Value | undefined): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (value instanceof PyFloat) return Number.isFinite(value.value) ? `${value.value}.0` : '';
  return typeof value === 'object' ? '' : String(value);
}

const compiled = new Map<string, RegExp>();
const compiledMax = 10_000;

function fits(text: string, subject: string): boolean {
  return pattern(text).test(subject);
}

function pattern(text: string): RegExp {
  const known = compiled.get(text);
  if (known !== undefined) return known;
  const made = pythonRegex(`^(?:${text})`);
  if (made === null) throw wrong('This is not a regular expression', text);
  if (compiled.size >= compiledMax) compiled.clear();
  compiled.set(text, made);
  return made;
}

function asList<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}

function mapOf(value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw wrong('A map is expected', value);
}

function wrong(message: string, value: unknown): BrineError {
  return new BrineError('BAD_ARGUMENT', `${message}: ${JSON.stringify(value)?.slice(0, 200)}.`);
}
