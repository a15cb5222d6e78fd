import { PyFloat, PyTuple, type Value, type ValueMap } from '../../core/index.ts';
import type { Bound } from './bind.ts';
import { InvalidArguments } from './errors.ts';

/** Bound arguments as a function reads them: by name, and with the type that it needs. */
export class Arguments {
  readonly rest: readonly Value[];
  readonly extra: ValueMap;
  readonly #named: ReadonlyMap<string, Value>;

  constructor(bound: Bound) {
    this.rest = bound.rest;
    this.extra = bound.extra;
    this.#named = bound.named;
  }

  value(name: string): Value {
    return this.#named.get(name) ?? null;
  }

  /** Numbers count as text, because command lines cannot tell them apart. */
  text(name: string): string {
    const value = this.value(name);
    if (typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'bigint') return String(value);
    throw new InvalidArguments(`${name} must be text`);
  }

  textOr(name: string, fallback: string): string {
    return this.value(name) === null ? fallback : this.text(name);
  }

  /** A number, also when it is written as text. */
  number(name: string): number {
    const value = this.value(name);
    const number =
      value instanceof PyFloat
        ? value.value
        : typeof value === 'string' && value.trim() !== ''
          ? Number(value)
          : value;
    if (typeof number !== 'number' || !Number.isFinite(number))
      throw new InvalidArguments(`${name} must be a number`);
    return number;
  }

  /** Python's truth for what a flag can be. */
  flag(name: string): boolean {
    const value = this.value(name);
    if (value instanceof Map) return value.size > 0;
    if (value instanceof PyFloat) return value.value !== 0;
    return Array.isArray(value) ? value.length > 0 : Boolean(value);
  }

  map(name: string): ValueMap | null {
    const value = this.value(name);
    return value instanceof Map ? value : null;
  }

  list(name: string): readonly Value[] | null {
    const value = this.value(name);
    if (value instanceof PyTuple) return value.items;
    return Array.isArray(value) ? value : null;
  }
}
