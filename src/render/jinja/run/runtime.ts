import { describeLookup, type Lookup, type Problem, type Value } from '../../../core/index.ts';
import { PyError } from '../../python/index.ts';
import {
  type Context,
  type LookupDesk,
  LookupPending,
  type RenderEnv,
  RenderFailure,
  type Source,
} from '../../types.ts';
import { problemAt } from '../parse/index.ts';
// oxlint-disable-next-line import/no-cycle -- see values.ts
import type { PyValue, TemplateText, Undefined } from './values.ts';

/** Where in which source; nodes count from 0. */
export interface Site {
  readonly source: Source;
  readonly lineno: number;
  readonly colno: number;
}

/** The arguments of one call. */
export interface Args {
  readonly pos: readonly PyValue[];
  readonly kw: ReadonlyMap<string, PyValue> | null;
}

export const noArgs: Args = { pos: [], kw: null };

/** Macros, includes and recursive loops inside each other. */
const depthMax = 150;
/** Warnings and log lines of one render. */
const notesMax = 100;

/** Names that a template can read beside its own slots: an included template sees its includer's. */
export interface Names {
  readonly names: ReadonlyMap<string, PyValue>;
  readonly parent: Names | null;
}

/** The allow-list of methods of data; passed in, because some of them reach into values as expressions do. */
export interface Methods {
  has(value: Value, name: string): boolean;
  call(rt: Runtime, target: Value | TemplateText, name: string, args: Args): PyValue;
}

/** One render: its budgets, where it is, what it may load. */
export class Runtime {
  readonly env: RenderEnv;
  /** The names of the render itself, which every template sees. */
  readonly context: Names;
  readonly methods: Methods;
  /** The node that runs, for the place of a failure. Set before whatever can fail. */
  at: Site;
  readonly #notes: Problem[] | undefined;
  #notesLeft = notesMax;
  /** What the render waits for while it goes on to see what else it will ask. */
  pending: LookupPending | null = null;
  readonly #desk: LookupDesk | undefined;
  #steps: number;
  #bytes: number;
  #depth = 0;

  constructor(
    env: RenderEnv,
    methods: Methods,
    context: Names,
    at: Site,
    notes?: Problem[],
    desk?: LookupDesk,
  ) {
    this.#desk = desk;
    this.env = env;
    this.methods = methods;
    this.context = context;
    this.at = at;
    this.#notes = notes;
    this.#steps = env.stepsMax;
    this.#bytes = env.bytesMax;
  }

  /** Whether an undefined value prints as nothing instead of failing. */
  forgives(value: Undefined): boolean {
    return value.soft || this.env.allowUndefined === true;
  }

  /** Counts work: nodes, loop turns, items walked. */
  step(count = 1): void {
    this.#steps -= count;
    if (this.#steps < 0)
      this.fail('TEMPLATE_BUDGET', `the template takes more than ${this.env.stepsMax} steps`);
  }

  /** Counts characters and items made, before they are made. */
  spend(count: number): void {
    this.#bytes -= count;
    if (!(this.#bytes >= 0))
      this.fail('TEMPLATE_BUDGET', `the template makes more than ${this.env.bytesMax} characters and items`);
  }

  enter(): void {
    this.#depth += 1;
    if (this.#depth > depthMax)
      this.fail('TEMPLATE_BUDGET', `macros or includes are nested more than ${depthMax} deep`);
  }

  leave(): void {
    this.#depth -= 1;
  }

  fail(code: string, message: string, hint?: string): never {
    throw new RenderFailure(problemAt(this.at.source, this.at, code, message, hint));
  }

  /**
   * The answer of a look-up. Without one the render stops here and says what it needs; a failed one is a problem of
   * the template at this place. `hint` says what to write instead of what may not be asked.
   */
  ask(lookup: Lookup, hint: string | undefined): Value {
    const name = `salt['${lookup.fun}']`;
    if (this.#desk === undefined)
      return this.fail('TEMPLATE_LOOKUP', `${name} asks outside the event, and nobody answers here`, hint);
    const answer = this.#desk.ask(lookup);
    if (answer === undefined) {
      const message = `the answer of ${describeLookup(lookup)} is not there yet`;
      throw new LookupPending(problemAt(this.at.source, this.at, 'TEMPLATE_LOOKUP', message));
    }
    // A template that changes what it was told changes its own.
    if (answer.ok) return deepCopy(answer.value);
    if (answer.reason === 'not-allowed') return this.fail('TEMPLATE_LOOKUP', answer.message, hint);
    return this.fail('LOOKUP_FAILED', `${describeLookup(lookup)} has no answer: ${answer.message}`);
  }

  /** Leaves word for people; the render goes on. */
  note(code: string, message: string): void {
    if (this.#notesLeft === 0) return;
    this.#notesLeft -= 1;
    const problem = { ...problemAt(this.at.source, this.at, code, message), severity: 'warning' } as const;
    if (this.#notes === undefined) this.#desk?.note(problem);
    else this.#notes.push(problem);
  }

  typeError(message: string): never {
    throw new PyError('TypeError', message);
  }

  valueError(message: string): never {
    throw new PyError('ValueError', message);
  }

  undefinedUsed(value: Undefined): never {
    return this.fail('TEMPLATE_UNDEFINED', value.message, value.hint?.());
  }

  /** The failure with its place for what a step threw; what is not the template's fault stays as it is. */
  failureOf(error: unknown): unknown {
    if (error instanceof PyError) {
      const code = error.type === 'TypeError' ? 'TEMPLATE_TYPE' : 'TEMPLATE_VALUE';
      return new RenderFailure(problemAt(this.at.source, this.at, code, error.message));
    }
    if (error instanceof RangeError) {
      const message = 'the template needs more memory or nesting than it may have';
      return new RenderFailure(problemAt(this.at.source, this.at, 'TEMPLATE_BUDGET', message));
    }
    return error;
  }
}

export function lookUp(scope: Names, name: string): PyValue | undefined {
  for (let names: Names | null = scope; names !== null; names = names.parent) {
    const value = names.names.get(name);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** The names of a context; with `copies`, each value is copied when it is first read, so that a template that
 *  changes maps and lists in place changes its own. */
export function contextNames(context: Context, copies: boolean): Names {
  return { names: copies ? new CopiedNames(context) : context, parent: null };
}

class CopiedNames extends Map<string, PyValue> {
  readonly #context: Context;

  constructor(context: Context) {
    super();
    this.#context = context;
  }

  override get(name: string): PyValue | undefined {
    const known = super.get(name);
    if (known !== undefined) return known;
    const value = this.#context.get(name);
    if (value === undefined) return undefined;
    const copy = deepCopy(value);
    super.set(name, copy);
    return copy;
  }

  override keys(): MapIterator<string> {
    return this.#context.keys() as MapIterator<string>;
  }
}

export function deepCopy(value: Value): Value {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(deepCopy);
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, deepCopy(item)]));
  return value;
}
