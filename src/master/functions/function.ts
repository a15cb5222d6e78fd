import {
  BrineError,
  type EventHead,
  keyText,
  type OutgoingEvent,
  toJson,
  type Value,
  type ValueMap,
} from '../../core/index.ts';

/** A parameter; one without a default must be given. */
export interface Parameter {
  readonly name: string;
  readonly default?: Value;
}

/** Who calls, and what the events that the call causes carry. */
export interface CallContext {
  readonly jid: string;
  readonly user: string;
  readonly head: EventHead | undefined;
  /** Globs of the tags that the caller may send; all unless given. */
  readonly emit?: readonly string[];
}

/** A function of the master that others may call by name: one row of a closed table. */
export interface MasterFunction {
  readonly doc: string;
  readonly parameters: readonly Parameter[];
  /** Takes any positional arguments and keywords; they arrive as `args` and `kwargs`. */
  readonly open?: boolean;
  run(given: ValueMap, context: CallContext): Value | Promise<Value>;
  /** For a function that does nothing but send events: which ones. They are recorded with the run, at once. */
  readonly sends?: (given: ValueMap, context: CallContext) => Sent;
}

export interface Sent {
  readonly events: readonly OutgoingEvent[];
  readonly return: Value;
}

export type FunctionTable = Readonly<Record<string, MasterFunction>>;

/** Keys of a low chunk that are no arguments, unless the function has a parameter of that name. */
const chunkKeys = new Set([
  '__id__',
  '__sls__',
  '__state__',
  '__user__',
  'name',
  'order',
  'fun',
  'key',
  'state',
]);

/** Arguments by parameter name, defaults filled in. Throws BAD_ARGUMENT. */
export function bindArguments(
  name: string,
  { parameters, open }: MasterFunction,
  arg: readonly Value[],
  kwarg: ValueMap,
): ValueMap {
  if (open === true)
    return new Map<Value, Value>([
      ['args', [...arg]],
      ['kwargs', kwarg],
    ]);
  if (arg.length > parameters.length)
    throw wrong(`${name} takes at most ${parameters.length} arguments, ${arg.length} were given`);
  const given: ValueMap = new Map();
  parameters.forEach((parameter, index) => {
    const value = index < arg.length ? arg[index] : parameter.default;
    if (value !== undefined) given.set(parameter.name, value);
  });
  for (const [key, value] of kwarg) {
    const index = parameters.findIndex((parameter) => parameter.name === key);
    if (index < 0) throw wrong(`${name} has no argument ${keyText(key)}${knownParameters(parameters)}`);
    if (index < arg.length) throw wrong(`${name} was given its argument ${keyText(key)} twice`);
    given.set(key, value);
  }
  const lacking = parameters.find((parameter) => !given.has(parameter.name));
  if (lacking !== undefined) throw wrong(`${name} needs the argument ${lacking.name}`);
  return given;
}

/**
 * Picks a function's arguments from Salt's legacy form, where they stand among the keys of the low chunk.
 * Throws BAD_ARGUMENT on a key that the function does not have.
 */
export function pickLegacyArguments(
  name: string,
  { parameters, open }: MasterFunction,
  legacy: ValueMap,
): { arg: Value[]; kwarg: ValueMap } {
  const given = legacy.get('arg');
  // Salt walks a map by its keys.
  const arg = given instanceof Map ? [...given.keys()] : given;
  const kwarg = legacy.get('kwarg');
  if (Array.isArray(arg) && kwarg instanceof Map) return { arg, kwarg };
  const picked: ValueMap = new Map();
  for (const [key, value] of legacy) {
    const isParameter = parameters.some((parameter) => parameter.name === key);
    if (isParameter) picked.set(key, value);
    else if (typeof key === 'string' && chunkKeys.has(key)) continue;
    else if (open === true) picked.set(key, value);
    else throw wrong(`${name} has no argument ${keyText(key)}${knownParameters(parameters)}`);
  }
  if (kwarg !== undefined && !(kwarg instanceof Map) && !parameters.some((one) => one.name === 'kwarg'))
    throw wrong(`kwarg of ${name} must be a map`);
  // A function that takes any keyword may be given one of both forms; it stands for what was picked.
  const needed = parameters.filter(({ name: own, default: value }) => value === undefined && picked.has(own));
  const positional = needed.map((parameter) => picked.get(parameter.name) as Value);
  return {
    arg: Array.isArray(arg) ? arg : kwarg instanceof Map ? positional : [],
    kwarg: kwarg instanceof Map ? kwarg : picked,
  };
}

/**
 * The arguments among other keys of a request, as Salt's API takes them: what the function has no parameter
 * for is passed over. Given arguments win.
 */
export function pickKnownArguments(
  { parameters, open }: MasterFunction,
  keys: ValueMap,
): { arg: Value[]; kwarg: ValueMap } {
  const known = new Set<Value>(parameters.map(({ name }) => name));
  return { arg: [], kwarg: new Map([...keys].filter(([key]) => open === true || known.has(key))) };
}

/** `jobs.list_job(jid, returned=True)`, for documentation. */
export function signatureOf(name: string, { parameters, open }: MasterFunction): string {
  if (open === true) return `${name}(*args, **kwargs)`;
  const parts = parameters.map((parameter) =>
    parameter.default === undefined ? parameter.name : `${parameter.name}=${literal(parameter.default)}`,
  );
  return `${name}(${parts.join(', ')})`;
}

function literal(value: Value): string {
  if (value === null) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  return typeof value === 'string' ? `'${value}'` : toJson(value);
}

function knownParameters(parameters: readonly Parameter[]): string {
  if (parameters.length === 0) return '; it takes none';
  return `; it takes ${parameters.map(({ name }) => name).join(', ')}`;
}

function wrong(message: string): BrineError {
  return new BrineError('BAD_ARGUMENT', `${message}.`);
}

/** A parameter that must be text (numbers are taken as written). Throws BAD_ARGUMENT. */
export function textOf(given: ValueMap, name: string): string {
  const value = given.get(name);
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  throw wrong(`The argument ${name} must be text`);
}

/** A parameter that is text or None. Throws BAD_ARGUMENT. */
export function optionalText(given: ValueMap, name: string): string | null {
  const value = given.get(name) ?? null;
  return value === null ? null : textOf(given, name);
}

/** A parameter that is a number of seconds or None. Throws BAD_ARGUMENT. */
export function optionalNumber(given: ValueMap, name: string): number | null {
  const value = given.get(name) ?? null;
  if (value === null) return null;
  const number = Number(typeof value === 'object' && 'value' in value ? value.value : value);
  if (!Number.isFinite(number)) throw wrong(`The argument ${name} must be a number`);
  return number;
}
