import { didYouMean, type Value, type ValueMap } from '../../core/index.ts';
import { Arguments } from '../modules/arguments.ts';
import { bind, type ParseArgument } from '../modules/bind.ts';
import { CommandFailed } from '../modules/errors.ts';
import type { Signature } from '../modules/signature.ts';
import { builtIns } from '../modules/table.ts';
import type { Call, FunctionIndex } from '../modules/types.ts';
import { type LibraryOptions, OperatorLibrary } from '../operator/library.ts';
import { callSalt } from './salt-call.ts';

/** How deep functions may call each other, so that a module that calls itself for ever comes to an end. */
const depthMax = 16;

/**
 * Every function that this minion can run: the operator's, which win, then the built-in ones, then, when the
 * operator allows it, those of a Salt that is installed on the host.
 */
export class Functions implements FunctionIndex {
  readonly #library: OperatorLibrary;
  readonly #parse: ParseArgument;
  readonly #depths = new WeakMap<Call, number>();

  constructor(options: Omit<LibraryOptions, 'callMinion'>) {
    this.#parse = options.parse;
    this.#library = new OperatorLibrary({
      ...options,
      callMinion: (parent, name, arg, kwarg) => this.#callFor(parent, name, arg, kwarg),
    });
  }

  names(): readonly string[] {
    return [...new Set([...builtIns.keys(), ...this.#library.names()])];
  }

  describe(name: string): { readonly signature: Signature; readonly doc: string } | undefined {
    return this.#library.find(name) ?? builtIns.get(name);
  }

  reload(): Promise<readonly string[]> {
    return this.#library.load();
  }

  tellGrains(grains: ValueMap): void {
    this.#library.tellGrains(grains);
  }

  close(): Promise<void> {
    return this.#library.close();
  }

  /** Runs a function. Throws InvalidArguments, CommandFailed, or what the function throws. */
  async call(name: string, arg: readonly Value[], kwarg: ValueMap, call: Call): Promise<Value> {
    const own = this.#library.find(name);
    if (own !== undefined) {
      const given = own.signature.keywords === null ? kwarg : withPublication(kwarg, call);
      return this.#library.call(name, arg, given, call);
    }
    const builtIn = builtIns.get(name);
    if (builtIn !== undefined) {
      const given = builtIn.signature.keywords === null ? kwarg : withPublication(kwarg, call);
      return builtIn.run(new Arguments(bind(builtIn.signature, arg, given, this.#parse)), call);
    }
    if (call.settings.saltCall) return callSalt(name, arg, kwarg, call);
    throw new NotAvailable(this.#missing(name));
  }

  async #callFor(parent: Call, name: string, arg: readonly Value[], kwarg: ValueMap): Promise<Value> {
    const depth = (this.#depths.get(parent) ?? 0) + 1;
    if (depth > depthMax) throw new CommandFailed(`${name}: functions call each other ${depthMax} deep.`);
    // What a function that is called by another reports as its return code is not the job's.
    const call: Call = { ...parent, publication: new Map(), setRetcode: () => undefined };
    this.#depths.set(call, depth);
    return this.call(name, arg, kwarg, call);
  }

  #missing(name: string): string {
    const problem = this.#library.problemOf(name);
    if (problem !== undefined)
      return `'${name}' is not available. Its module could not be loaded: ${problem}`;
    const near = didYouMean(name, this.names());
    return `'${name}' is not available.${near === undefined ? '' : ` Did you mean ${near}?`}`;
  }
}

/** There is no such function; the message is what the caller is told. */
export class NotAvailable extends Error {
  override readonly name = 'NotAvailable';
}

/** Functions with `**kwargs` learn how their call came about, as Salt's do. */
function withPublication(kwarg: ValueMap, call: Call): ValueMap {
  return new Map([...kwarg, ...call.publication]);
}
