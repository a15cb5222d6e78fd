import type { Value } from '../../../core/index.ts';
import { pyTypeName } from '../../python/index.ts';
import { index, isTrue, pure, readingSteps, str, used } from '../run/convert.ts';
import type { Args, Runtime } from '../run/runtime.ts';
import { PyObject, type PyValue, TemplateText, Undefined } from '../run/values.ts';

/** A filter, test, method or global: its parameters and what it does. */
export interface Fn {
  readonly params: readonly string[];
  readonly required: number;
  /** Takes any number of further positional arguments. */
  readonly star: boolean;
  /** Takes any keyword. */
  readonly doubleStar: boolean;
  /** Gets undefined values and author's text as they are. */
  readonly raw: boolean;
  run(call: Call, self: PyValue): PyValue;
}

export type FnTable = ReadonlyMap<string, Fn>;

/** The bound arguments of one call, by parameter position. */
export class Call {
  readonly rt: Runtime;
  readonly name: string;
  readonly values: readonly (PyValue | undefined)[];
  readonly rest: readonly PyValue[];
  readonly extra: ReadonlyMap<string, PyValue>;

  constructor(
    rt: Runtime,
    name: string,
    values: readonly (PyValue | undefined)[],
    rest: readonly PyValue[],
    extra: ReadonlyMap<string, PyValue>,
  ) {
    this.rt = rt;
    this.name = name;
    this.values = values;
    this.rest = rest;
    this.extra = extra;
  }

  has(at: number): boolean {
    return this.values[at] !== undefined;
  }

  /** The argument, or `fallback` when it was not given (None without one). */
  value(at: number, fallback: PyValue = null): PyValue {
    const value = this.values[at];
    return value === undefined ? fallback : value;
  }

  /** A string argument; None counts as not given when there is a fallback. */
  text(at: number, fallback?: string): string {
    const value = this.values[at];
    if (fallback !== undefined && (value === undefined || value === null)) return fallback;
    const given = used(this.rt, value ?? null);
    if (typeof given === 'string') return given;
    const type = given instanceof PyObject ? given.typeName : pyTypeName(given);
    return this.rt.typeError(`${this.name}() argument ${at + 1} must be str, not ${type}`);
  }

  /** An argument as Python prints it. */
  str(at: number, fallback = ''): string {
    const value = this.values[at];
    return value === undefined ? fallback : str(this.rt, value);
  }

  int(at: number, fallback?: number): number {
    const value = this.values[at];
    if (fallback !== undefined && (value === undefined || value === null)) return fallback;
    return index(this.rt, value ?? null, `${this.name}() argument ${at + 1}`);
  }

  flag(at: number, fallback = false): boolean {
    const value = this.values[at];
    return value === undefined ? fallback : isTrue(this.rt, value);
  }

  data(at: number, fallback: Value = null): Value {
    const value = this.values[at];
    return value === undefined ? fallback : pure(this.rt, value);
  }
}

type Run<S> = (call: Call, self: S) => PyValue;

/**
 * A function with its Python signature: names, `?` behind those with a default, `*` and `**` for the rest.
 * It gets plain values; what is undefined fails before it runs.
 */
export function fn(signature: string, run: Run<Value | PyObject>): Fn {
  return {
    ...parseSignature(signature),
    raw: false,
    run: (call, self) => run(call, self as Value | PyObject),
  };
}

/** The same, but values come as they are: undefined ones, and author's text with its parts. */
export function rawFn(signature: string, run: Run<PyValue>): Fn {
  return { ...parseSignature(signature), raw: true, run };
}

/** The same on the string that the value prints as. */
export function textFn(signature: string, run: Run<string>): Fn {
  return fn(signature, (call, self) => run(call, str(call.rt, self)));
}

/** The same for what must be text: a string, or bytes that hold UTF-8. */
export function strictTextFn(signature: string, run: Run<string>): Fn {
  return fn(signature, (call, self) => run(call, textIn(call, self)));
}

/** The value when it is text; whatever else fails with Python's words. */
export function textIn(call: Call, self: Value | PyObject): string {
  if (typeof self === 'string') return self;
  if (self instanceof Uint8Array) return new TextDecoder().decode(self);
  const type = self instanceof PyObject ? self.typeName : pyTypeName(self);
  return call.rt.typeError(`${call.name} expected str, not ${type}`);
}

function parseSignature(signature: string): Omit<Fn, 'run' | 'raw'> {
  const words = signature.split(' ').filter((word) => word !== '');
  const params = words.filter((word) => !word.startsWith('*'));
  return {
    params: params.map((word) => word.replace('?', '')),
    required: params.filter((word) => !word.endsWith('?')).length,
    star: words.includes('*'),
    doubleStar: words.includes('**'),
  };
}

const none: readonly PyValue[] = [];
const nothing: ReadonlyMap<string, PyValue> = new Map();

/** Calls a function of the library with Python's rules for arguments. What reads a long text costs more steps. */
export function callFn(rt: Runtime, name: string, target: Fn, self: PyValue, args: Args): PyValue {
  rt.step(1 + readingSteps(self));
  const { params } = target;
  const { pos, kw } = args;
  if (pos.length > params.length && !target.star)
    rt.typeError(`${name}() takes at most ${params.length} arguments (${pos.length} given)`);
  const rest = pos.length > params.length ? pos.slice(params.length) : none;
  let values: readonly (PyValue | undefined)[] = rest === none ? pos : pos.slice(0, params.length);
  let extra = nothing;
  if (kw !== null) {
    const bound = [...values];
    extra = bindKeywords(rt, name, target, bound, kw);
    values = bound;
  }
  for (let at = 0; at < target.required; at += 1)
    if (values[at] === undefined) rt.typeError(`${name}() missing required argument: '${params[at]}'`);
  if (target.raw) return target.run(new Call(rt, name, values, rest, extra), self);
  for (const value of values)
    if (value instanceof Undefined) {
      if (!rt.forgives(value)) rt.undefinedUsed(value);
      values = values.map((item) => (item instanceof Undefined ? undefined : item));
      break;
    }
  const subject = self instanceof Undefined && rt.forgives(self) ? '' : used(rt, self);
  const result = target.run(new Call(rt, name, values, rest, extra), subject);
  // What is made of author's text alone is author's text.
  if (typeof result === 'string' && self instanceof TemplateText && isAuthored(self) && pos.every(isAuthored))
    return new TemplateText([result]);
  return result;
}

function bindKeywords(
  rt: Runtime,
  name: string,
  target: Fn,
  values: (PyValue | undefined)[],
  keywords: ReadonlyMap<string, PyValue>,
): ReadonlyMap<string, PyValue> {
  const extra = new Map<string, PyValue>();
  for (const [key, value] of keywords) {
    const at = target.params.indexOf(key);
    if (at < 0) {
      if (!target.doubleStar) rt.typeError(`${name}() got an unexpected keyword argument '${key}'`);
      extra.set(key, value);
    } else if (values[at] === undefined) values[at] = value;
    else rt.typeError(`${name}() got multiple values for argument '${key}'`);
  }
  return extra;
}

function isAuthored(value: PyValue): boolean {
  if (value instanceof TemplateText) return value.parts.every((part) => typeof part === 'string');
  return value === null || typeof value === 'number' || typeof value === 'boolean';
}

export function table(entries: Readonly<Record<string, Fn>>): FnTable {
  return new Map(Object.entries(entries));
}
