import { didYouMean } from '../../../../core/index.ts';
import type { Runtime } from '../../run/runtime.ts';
import { Callable, PyObject, type PyValue } from '../../run/values.ts';
import { callFn, type FnTable } from '../function.ts';
import { hashFunctions } from './hash.ts';
import { matchFunctions } from './match.ts';
import { mergeFunctions } from './merge.ts';
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

/** What to write instead of functions that reactor files like to call, by module or by name. */
const instead: ReadonlyMap<string, string> = new Map([
  ['cmd', "let the reaction run it ('local.cmd.run', 'runner.salt.cmd') and react to its return event"],
  ['cp', 'use {% include %}, {% import_yaml %} or {% import_text %} for files of file_roots'],
  ['http', "let a reaction ask ('runner.http.query') and react to its return event"],
  ['key', 'react to salt/auth and salt/key events, which name the key'],
  ['mine', "put the value into the event's data, or let an orchestration look it up"],
  ['network', "set a grain in the configuration, or put the address into the event's data"],
  ['publish', "let a reaction do it ('local.…') and react to its return event"],
  ['random', 'use a value of the event, such as data._stamp or data.jid'],
  ['saltutil', "let a reaction run it ('runner.…') and react to its return event"],
  ['sdb', 'let the function that the reaction runs look it up'],
  ['status', 'use data._stamp, the time of the event'],
  ['system', 'use data._stamp, the time of the event'],
  ['vault', 'let the function that the reaction runs look it up'],
]);

function unavailable(rt: Runtime, name: string): never {
  const near = didYouMean(name, saltFunctions.keys());
  const hint =
    instead.get(name.split('.', 1)[0] ?? '') ?? (near === undefined ? undefined : `did you mean '${near}'?`);
  return rt.fail(
    'TEMPLATE_LOOKUP',
    `salt['${name}'] asks for something outside the event, which a template cannot do: the same event must always give the same reactions`,
    hint,
  );
}

const known = new Map<string, Callable>();

function functionOf(name: string): Callable {
  const made = known.get(name);
  if (made !== undefined) return made;
  const target = saltFunctions.get(name);
  const callable = new Callable(name, (rt, args) =>
    target === undefined ? unavailable(rt, name) : callFn(rt, name, target, null, args),
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
    return typeof name === 'string' && saltFunctions.has(name);
  }
}

export const saltObject: PyValue = new SaltFunctions();
