import { PyTuple, type Value } from '../../../core/index.ts';
import { PyError } from '../../python/index.ts';
import { equals, lengthOf, list } from './convert.ts';
import type { Args, Runtime } from './runtime.ts';
import { Callable, PyObject, type PyValue, TemplateText, Undefined } from './values.ts';

/** What `namespace()` makes: the only thing whose attributes a template can set. */
export class Namespace extends PyObject {
  readonly typeName = 'Namespace';
  readonly #attributes = new Map<string, PyValue>();

  set(name: string, value: PyValue): void {
    this.#attributes.set(name, value);
  }

  override attribute(name: string): PyValue | undefined {
    return this.#attributes.get(name);
  }

  override item(key: PyValue): PyValue | undefined {
    return typeof key === 'string' ? this.#attributes.get(key) : undefined;
  }
}

/** Python's range: only as long as the budget lets someone walk it. */
export class Range extends PyObject {
  readonly typeName = 'range';
  readonly start: number;
  readonly stop: number;
  readonly step: number;

  constructor(start: number, stop: number, step: number) {
    super();
    this.start = start;
    this.stop = stop;
    this.step = step;
  }

  override repr(): string {
    return `range(${this.start}, ${this.stop}${this.step === 1 ? '' : `, ${this.step}`})`;
  }

  override length(): number {
    return Math.max(0, Math.ceil((this.stop - this.start) / this.step));
  }

  override item(key: PyValue): PyValue | undefined {
    if (typeof key !== 'number') return undefined;
    const at = key < 0 ? key + this.length() : key;
    return at >= 0 && at < this.length() ? this.start + at * this.step : undefined;
  }

  override items(rt: Runtime): readonly PyValue[] {
    rt.spend(this.length());
    return Array.from({ length: this.length() }, (_, at) => this.start + at * this.step);
  }
}

/** The names of an imported template; prints as what that template put out. */
export class Module extends PyObject {
  readonly typeName = 'TemplateModule';
  readonly names: ReadonlyMap<string, PyValue>;
  readonly body: TemplateText;

  constructor(names: ReadonlyMap<string, PyValue>, body: TemplateText) {
    super();
    this.names = names;
    this.body = body;
  }

  override attribute(name: string): PyValue | undefined {
    return this.names.get(name);
  }

  override repr(): string {
    return this.body.text;
  }
}

/** `loop` inside a for: one object that moves with the loop. */
export class Loop extends PyObject {
  readonly typeName = 'LoopContext';
  readonly #items: readonly PyValue[];
  readonly #depth0: number;
  readonly #recurse: ((items: PyValue, depth0: number) => PyValue) | undefined;
  #changed: readonly PyValue[] | undefined;
  index0 = 0;

  constructor(
    items: readonly PyValue[],
    depth0: number,
    recurse: ((items: PyValue, depth0: number) => PyValue) | undefined,
  ) {
    super();
    this.#items = items;
    this.#depth0 = depth0;
    this.#recurse = recurse;
  }

  override length(): number {
    return this.#items.length;
  }

  override attribute(name: string, rt: Runtime): PyValue | undefined {
    const { index0 } = this;
    const count = this.#items.length;
    switch (name) {
      case 'index':
        return index0 + 1;
      case 'index0':
        return index0;
      case 'revindex':
        return count - index0;
      case 'revindex0':
        return count - index0 - 1;
      case 'first':
        return index0 === 0;
      case 'last':
        return index0 === count - 1;
      case 'length':
        return count;
      case 'depth':
        return this.#depth0 + 1;
      case 'depth0':
        return this.#depth0;
      default:
        return name.endsWith('item') ? this.#neighbour(name) : this.#method(name, rt);
    }
  }

  #neighbour(name: string): PyValue | undefined {
    if (name !== 'previtem' && name !== 'nextitem') return undefined;
    const item = this.#items[this.index0 + (name === 'previtem' ? -1 : 1)];
    return item === undefined ? new Undefined(`there is no ${name.slice(0, 4)} item`) : item;
  }

  #method(name: string, rt: Runtime): PyValue | undefined {
    if (name === 'cycle')
      return new Callable('cycle', (_rt, args) => {
        if (args.pos.length === 0) rt.typeError('no items for cycling given');
        return args.pos[this.index0 % args.pos.length] as PyValue;
      });
    if (name === 'changed') return new Callable('changed', (_rt, args) => this.#isChanged(rt, args.pos));
    return undefined;
  }

  #isChanged(rt: Runtime, values: readonly PyValue[]): boolean {
    const before = this.#changed;
    this.#changed = values;
    return before === undefined || !equals(rt, list([...before]), list([...values]));
  }

  override readonly call = (rt: Runtime, args: Args): PyValue => {
    if (this.#recurse === undefined)
      return rt.typeError("the loop must have the 'recursive' marker to be called recursively");
    return this.#recurse(args.pos[0] ?? null, this.#depth0 + 1);
  };
}

/** `cycler(…)`: gives its items round and round. */
export class Cycler extends PyObject {
  readonly typeName = 'Cycler';
  readonly #items: readonly PyValue[];
  #at = 0;

  constructor(items: readonly PyValue[]) {
    super();
    this.#items = items;
  }

  override attribute(name: string): PyValue | undefined {
    if (name === 'current') return this.#items[this.#at];
    if (name === 'next')
      return new Callable('next', () => {
        const item = this.#items[this.#at] as PyValue;
        this.#at = (this.#at + 1) % this.#items.length;
        return item;
      });
    if (name !== 'reset') return undefined;
    return new Callable('reset', () => {
      this.#at = 0;
      return null;
    });
  }
}

/** `joiner(sep)`: nothing on the first call, the separator from then on. */
export class Joiner extends PyObject {
  readonly typeName = 'Joiner';
  readonly #separator: PyValue;
  #used = false;

  constructor(separator: PyValue) {
    super();
    this.#separator = separator;
  }

  override readonly call = (): PyValue => {
    if (this.#used) return this.#separator;
    this.#used = true;
    return new TemplateText([]);
  };
}

export interface MacroShape {
  readonly name: string;
  readonly params: readonly string[];
  readonly varargs: boolean;
  readonly kwargs: boolean;
  readonly caller: boolean;
}

/** A macro, or what `caller` is inside a call block. */
export class Macro extends PyObject {
  readonly typeName = 'Macro';
  readonly shape: MacroShape;
  override readonly call: (rt: Runtime, args: Args) => PyValue;

  constructor(shape: MacroShape, call: (rt: Runtime, args: Args) => PyValue) {
    super();
    this.shape = shape;
    this.call = call;
  }

  override repr(): string {
    return `<Macro '${this.shape.name}'>`;
  }

  override attribute(name: string): PyValue | undefined {
    const { shape } = this;
    switch (name) {
      case 'name':
        return shape.name;
      case 'arguments':
        return new PyTuple(shape.params);
      case 'catch_varargs':
        return shape.varargs;
      case 'catch_kwargs':
        return shape.kwargs;
      case 'caller':
        return shape.caller;
      default:
        return undefined;
    }
  }
}

/** Unpacks a value into `count` parts as Python's assignment does. */
export function unpack(rt: Runtime, items: readonly PyValue[], count: number): readonly PyValue[] {
  rt.step();
  if (items.length === count) return items;
  const got = lengthOf(rt, items as Value[]);
  throw new PyError(
    'ValueError',
    got < count
      ? `not enough values to unpack (expected ${count}, got ${got})`
      : `too many values to unpack (expected ${count})`,
  );
}
