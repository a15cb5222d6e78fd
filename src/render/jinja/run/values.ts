import { PyTuple, type Value } from '../../../core/index.ts';
import { pyStr, pyTypeName } from '../../python/index.ts';
import type { Sink } from '../sink.ts';
// A value may be called, a call needs the runtime, and the runtime holds values: one idea in two files.
// oxlint-disable-next-line import/no-cycle
import type { Args, Runtime } from './runtime.ts';

/** A value inside author's text: data that was put into it. */
export class Slot {
  readonly value: Value;
  constructor(value: Value) {
    this.value = value;
  }
}

/** What a serialiser wrote, inside author's text. */
export class Serialised {
  readonly value: Value;
  readonly text: string;
  constructor(value: Value, text: string) {
    this.value = value;
    this.text = text;
  }
}

export type Part = string | Slot | Serialised;

/**
 * Text that the template's author wrote, with the places where data came in: string literals, what a macro
 * or a block `set` made. Printing it prints its parts; everything else sees the Python string it stands for.
 */
export class TemplateText {
  readonly parts: readonly Part[];
  #text: string | undefined;

  constructor(parts: readonly Part[]) {
    this.parts = parts;
    this.#text = undefined;
  }

  get text(): string {
    this.#text ??= this.parts.map(partText).join('');
    return this.#text;
  }
}

function partText(part: Part): string {
  if (typeof part === 'string') return part;
  return part instanceof Serialised ? part.text : pyStr(part.value);
}

/** A name, attribute or item that is not there. Any use but asking whether it is there fails. */
export class Undefined {
  readonly message: string;
  /** Worked out only when the use fails. */
  readonly hint: (() => string | undefined) | undefined;
  /** Prints as nothing and counts as false even in strict templates, like an inline `if` without `else`. */
  readonly soft: boolean;
  constructor(message: string, hint?: () => string | undefined, soft = false) {
    this.message = message;
    this.hint = hint;
    this.soft = soft;
  }
}

/** What only exists while a template runs: functions, loops, ranges, namespaces, iterators. */
export abstract class PyObject {
  abstract readonly typeName: string;

  repr(): string {
    return `<${this.typeName} object>`;
  }

  truthy(): boolean {
    return (this.length() ?? 1) > 0;
  }

  /** The attribute, or undefined when there is none. */
  attribute(_name: string, _rt: Runtime): PyValue | undefined {
    return undefined;
  }

  /** What `object[key]` gives, or undefined. */
  item(_key: PyValue, _rt: Runtime): PyValue | undefined {
    return undefined;
  }

  /** The items it yields, or undefined when it is not iterable. */
  items(_rt: Runtime): readonly PyValue[] | undefined {
    return undefined;
  }

  length(): number | undefined {
    return undefined;
  }

  /** What `x in object` says; undefined when its items decide. */
  has(_value: PyValue): boolean | undefined {
    return undefined;
  }

  /** undefined: not callable. */
  readonly call: ((rt: Runtime, args: Args) => PyValue) | undefined = undefined;
}

/** Everything a template can hold. Lists, tuples and maps that templates make may hold any of it. */
export type PyValue = Value | TemplateText | Undefined | PyObject;

/** A function of the template language. */
export class Callable extends PyObject {
  readonly typeName: string;
  readonly name: string;
  override readonly call: (rt: Runtime, args: Args) => PyValue;

  constructor(name: string, call: (rt: Runtime, args: Args) => PyValue, typeName = 'function') {
    super();
    this.name = name;
    this.call = call;
    this.typeName = typeName;
  }

  override repr(): string {
    return `<${this.typeName} ${this.name}>`;
  }
}

/** What `map`, `select`, … give: items that can be walked once. True even when it is empty. */
export class Generator extends PyObject {
  readonly typeName: string = 'generator';
  readonly #items: readonly PyValue[];
  #next = 0;

  constructor(items: readonly PyValue[]) {
    super();
    this.#items = items;
  }

  override items(): readonly PyValue[] {
    const rest = this.#next === 0 ? this.#items : this.#items.slice(this.#next);
    this.#next = this.#items.length;
    return rest;
  }

  /** The next item, or undefined at the end. */
  next(): PyValue | undefined {
    const item = this.#items[this.#next];
    if (this.#next < this.#items.length) this.#next += 1;
    return item;
  }
}

/** A view of a map (`keys()`, `values()`, `items()`): prints with its name, otherwise a list. */
export class View extends PyObject {
  readonly typeName: string;
  readonly list: readonly Value[];

  constructor(typeName: string, list: readonly Value[]) {
    super();
    this.typeName = typeName;
    this.list = list;
  }

  override repr(): string {
    return `${this.typeName}(${pyStr([...this.list])})`;
  }

  override items(): readonly PyValue[] {
    return this.list;
  }

  override length(): number {
    return this.list.length;
  }
}

/** A tuple whose items also have names, like the groups that `groupby` makes. */
export class NamedTuple extends PyTuple {
  readonly #names: readonly string[];
  constructor(names: readonly string[], items: readonly Value[]) {
    super(items);
    this.#names = names;
  }

  /** The item of a name; undefined when there is none. */
  named(name: string): Value | undefined {
    return this.items[this.#names.indexOf(name)];
  }
}

/** Collects output as text of the author with its slots. */
export class CaptureSink implements Sink {
  readonly #parts: Part[] = [];

  text(literal: string): void {
    const last = this.#parts.length - 1;
    const before = this.#parts[last];
    if (typeof before === 'string') this.#parts[last] = before + literal;
    else this.#parts.push(literal);
  }

  value(value: Value): void {
    this.#parts.push(new Slot(value));
  }

  serialised(value: Value, text: string): void {
    this.#parts.push(new Serialised(value, text));
  }

  take(): TemplateText {
    return new TemplateText(this.#parts);
  }
}

/** The name that Python gives to the value's type. */
export function typeName(value: PyValue): string {
  if (value instanceof TemplateText) return 'str';
  if (value instanceof Undefined) return 'Undefined';
  return value instanceof PyObject ? value.typeName : pyTypeName(value);
}
