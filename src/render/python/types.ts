import { PyFloat, PyTuple, type Value } from '../../core/index.ts';

/** An exception that Python would raise for an operation on values. Whoever knows the place catches it. */
export class PyError extends Error {
  /** Python's class of the exception. */
  readonly type:
    | 'TypeError'
    | 'ValueError'
    | 'KeyError'
    | 'IndexError'
    | 'OverflowError'
    | 'ZeroDivisionError';

  constructor(type: PyError['type'], message: string) {
    super(message);
    this.name = 'PyError';
    this.type = type;
  }
}

/** The name that Python gives to the value's type. */
export function pyTypeName(value: Value): string {
  if (value === null) return 'NoneType';
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'int';
    case 'number':
      return Number.isInteger(value) ? 'int' : 'float';
    case 'string':
      return 'str';
    default:
      break;
  }
  if (value instanceof PyFloat) return 'float';
  if (value instanceof Uint8Array) return 'bytes';
  if (value instanceof PyTuple) return 'tuple';
  return Array.isArray(value) ? 'list' : 'dict';
}

/** The number behind int, float and bool; undefined for everything else. */
export function numberOf(value: Value): number | bigint | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return value instanceof PyFloat ? value.value : undefined;
}

/** Python's `bool(value)`. */
export function truthy(value: Value): boolean {
  if (value === null) return false;
  if (typeof value !== 'object') return Boolean(value);
  if (value instanceof Map) return value.size > 0;
  if (value instanceof PyFloat) return value.value !== 0;
  return value instanceof PyTuple ? value.items.length > 0 : value.length > 0;
}
