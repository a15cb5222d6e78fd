import type { Action, LowChunk, Value, ValueMap } from '../../../src/core/index.ts';
import { type MasterFunction, pickLegacyArguments } from '../../../src/master/functions/function.ts';
import { actionOf } from '../../../src/rules/index.ts';
import { encoded, unordered } from './encode.ts';
import type { SaltCall, Signature } from './salt.ts';

/** How the calls that Salt and Brine make of the same chunk differ; null when they agree. */
export function callDifference(chunk: LowChunk, salt: SaltCall): string | null {
  // Which functions there are is the master's matter.
  if (salt.refused?.endsWith('function not available') === true) return null;
  const action = actionOf(chunk, 'case.sls');
  const made = action.ok ? fieldsOf(action.value, salt.signature ?? null) : action.problems[0]?.message;
  if (salt.refused !== undefined)
    return typeof made === 'object' ? `only Salt refuses the call: ${salt.refused}` : null;
  if (typeof made !== 'object') return `only Brine refuses the call: ${made}`;
  const theirs = fieldsOfSalt(salt, chunk.has('arg'));
  const names = Object.keys(theirs).filter((name) => theirs[name] !== made[name]);
  if (names.length === 0) return null;
  return names.map((name) => `${name}: Salt ${theirs[name]}, Brine ${made[name]}`).join('; ');
}

/** The fields of a call as comparable text. */
type Fields = Readonly<Record<string, string | undefined>>;

function text(value: unknown): string {
  return JSON.stringify(unordered(value));
}

/** What Brine's control plane is asked; a message when the function's parameters do not fit. */
function fieldsOf(action: Action, signature: Signature | null): Fields | string {
  if (action.kind === 'event') return 'no call';
  const { fun, arg, kwarg } = action;
  if (action.kind === 'local') {
    const { tgt, tgtType, ret, timeoutS, metadata } = action;
    return Object.fromEntries(
      Object.entries({ fun, tgt, tgt_type: tgtType, arg, kwarg, ret, timeout: timeoutS, metadata }).map(
        ([name, value]) => [name, text(encoded(value as Value))],
      ),
    );
  }
  const user = action.kind === 'caller' ? undefined : text('Reactor');
  if (action.legacy === null || signature === null)
    return { fun: text(fun), arg: text(arg.map(encoded)), kwarg: text(encoded(kwarg)), user };
  return boundFields(fun, action.legacy, signature);
}

/** Salt's parameters stand in for those of Brine's function: the same keys must become arguments. */
function boundFields(
  fun: string,
  legacy: ValueMap,
  { required, defaults, open }: Signature,
): Fields | string {
  const row: MasterFunction = {
    doc: '',
    parameters: [...required, ...defaults.map(([name]) => name)].map((name) => ({ name })),
    open,
    run: () => null,
  };
  try {
    const { arg, kwarg } = pickLegacyArguments(fun, row, legacy);
    const given = new Map([...kwarg].map(([key, value]) => [text(encoded(key)), text(encoded(value))]));
    const values = arg.map((value) => encoded(value));
    if (!legacy.has('arg')) name(values, given, required);
    const missing = legacy.has('arg') ? undefined : required.find((each) => !given.has(text(each)));
    if (missing !== undefined) return `it needs the argument ${missing}`;
    return { fun: text(fun), arg: text(values), bound: bound(given, defaults), user: text('Reactor') };
  } catch (error) {
    return String(error);
  }
}

/** Puts arguments that were taken by their position to those that have names. */
function name(values: unknown[], given: Map<string, string>, names: readonly string[]): void {
  for (const [index, value] of values.splice(0).entries()) given.set(text(names[index]), text(value));
}

function bound(given: ReadonlyMap<string, string>, defaults: Signature['defaults']): string {
  const all = new Map([...defaults.map(([name, value]) => [text(name), text(value)] as const), ...given]);
  return [...all]
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join(' ');
}

/** The recorded call, with the driver's ways to write values. */
function fieldsOfSalt({ call, signature }: SaltCall, isGiven: boolean): Fields {
  const pairs = new Map((call as { d: readonly (readonly [string, unknown])[] }).d);
  if (signature === undefined || signature === null)
    return Object.fromEntries([...pairs].map(([name, value]) => [name, text(value)]));
  const arg = [...(pairs.get('arg') as readonly unknown[])];
  const kwarg = (pairs.get('kwarg') as { d: readonly (readonly [unknown, unknown])[] }).d;
  const given = new Map(kwarg.map(([key, value]) => [text(key), text(value)]));
  if (!isGiven) name(arg, given, signature.required);
  return {
    fun: text(pairs.get('fun')),
    arg: text(arg),
    bound: bound(given, signature.defaults),
    user: text(pairs.get('user')),
  };
}
