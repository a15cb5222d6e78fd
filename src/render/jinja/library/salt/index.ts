import { didYouMean, isWellKnown, type Value } from '../../../../core/index.ts';
import { pure } from '../../run/convert.ts';
import type { Args, Runtime } from '../../run/runtime.ts';
import { Callable, PyObject, type PyValue } from '../../run/values.ts';
import { callFn, type FnTable } from '../function.ts';
import { hashFunctions } from './hash.ts';
import { matchFunctions } from './match.ts';
import { mergeFunctions, sizeOf } from './merge.ts';
import { miscFunctions } from './misc.ts';
import { valueFunctions } from './values.ts';

/** Functions of Salt's that need nothing but what the template was given. */
export const saltFunctions: FnTable = new Map([
  ...valueFunctions,
  ...matchFunctions,
  ...mergeFunctions,
  ...hashFunctions,
  ...miscFunctions,
]);

/** What to write instead of functions that may not be asked, by module. */
const instead: ReadonlyMap<string, string> = new Map([
  ['cmd', "or let the reaction run it ('local.cmd.run', 'runner.salt.cmd') and react to its return event"],
  ['cp', 'use {% include %}, {% import_yaml %} or {% import_text %} for files of file_roots'],
  ['event', "let a reaction send it ('event.send' in native rules, 'runner.event.send')"],
  [
    'key',
    "ask salt['saltutil.wheel']('key.list_all'), or react to salt/auth and salt/key events, which name the key",
  ],
  ['publish', "let a reaction do it ('local.…') and react to its return event"],
  ['random', 'use a value of the event, such as data._stamp or data.jid'],
  ['state', "let a reaction do it ('local.state.apply')"],
  ['vault', 'let the function that the reaction runs look it up'],
]);

function hintFor(name: string): string | undefined {
  const near = didYouMean(name, saltFunctions.keys());
  return (
    instead.get(name.split('.', 1)[0] ?? '') ?? (near === undefined ? undefined : `did you mean '${near}'?`)
  );
}

function askFor(rt: Runtime, fun: string, { pos, kw }: Args): PyValue {
  const arg = pos.map((value) => pure(rt, value));
  const kwarg = new Map<Value, Value>();
  for (const [name, value] of kw ?? []) kwarg.set(name, pure(rt, value));
  rt.spend(sizeOf(arg));
  return rt.ask({ fun, arg, kwarg }, hintFor(fun));
}

const known = new Map<string, Callable>();

function functionOf(name: string): Callable {
  const made = known.get(name);
  if (made !== undefined) return made;
  const target = saltFunctions.get(name);
  const callable = new Callable(name, (rt, args) =>
    target === undefined ? askFor(rt, name, args) : callFn(rt, name, target, null, args),
  );
  if (target !== undefined) known.set(name, callable);
  return callable;
}

/** `salt.module` */
class SaltModule extends PyObject {
  readonly typeName = 'LoadedMod';
  readonly #name: string;

  constructor(name: string) {
    super();
    this.#name = name;
  }

  override attribute(name: string): PyValue {
    return functionOf(`${this.#name}.${name}`);
  }
}

/** `salt['module.function']`, `salt.module.function`, `'module.function' in salt`. */
class SaltFunctions extends PyObject {
  readonly typeName = 'LazyLoader';

  override attribute(name: string): PyValue {
    return name.includes('.') ? functionOf(name) : new SaltModule(name);
  }

  override has(name: PyValue): boolean {
    return typeof name === 'string' && (saltFunctions.has(name) || isWellKnown(name));
  }
}

export const saltObject: PyValue = new SaltFunctions();
