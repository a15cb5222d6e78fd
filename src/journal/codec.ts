import { addExtension, Packr } from 'msgpackr';
import { BrineError, PyFloat, PyTuple, type Value } from '../core/index.ts';
import { seal, unseal } from './seal.ts';

/**
 * msgpack as the journal stores it. msgpackr keeps its list of extensions for the whole process, and
 * other rooms may register the same classes for their own formats; so the journal wraps Python's floats
 * and tuples in classes of its own before it packs.
 */
const packr = new Packr({
  useRecords: false,
  mapsAsObjects: false,
  useBigIntExtension: true,
  largeBigIntToFloat: false,
});

class StoredFloat {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

class StoredTuple {
  readonly items: readonly Value[];
  constructor(items: readonly Value[]) {
    this.items = items;
  }
}

const floatType = 101;
const tupleType = 102;

addExtension({
  Class: StoredFloat,
  type: floatType,
  pack: (float: StoredFloat) => {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleBE(float.value);
    return bytes;
  },
  unpack: (bytes: Uint8Array) => new PyFloat(Buffer.from(bytes).readDoubleBE()),
});

addExtension({
  Class: StoredTuple,
  type: tupleType,
  write: (tuple: StoredTuple) => [...tuple.items],
  read: (items: Value[]) => new PyTuple(items),
});

/** Any `Value`, in bytes that `unpack` turns back into an equal one, at the same place (see `seal`). */
export function pack(value: Value, place: number = 0): Uint8Array {
  return seal(packr.pack(shield(value)), place);
}

/** Throws JOURNAL_DAMAGED when the bytes are not what `pack` writes. */
export function unpack(bytes: Uint8Array, place: number = 0): Value {
  const whole = unseal(bytes, place);
  if (whole === null)
    throw new BrineError('JOURNAL_DAMAGED', 'A record of the journal is not as it was written.');
  try {
    return packr.unpack(whole) as Value;
  } catch (cause) {
    throw new BrineError('JOURNAL_DAMAGED', 'A record of the journal cannot be decoded.', { cause });
  }
}

/** Puts the journal's own classes in place of Python's; returns the same object when there are none. */
function shield(value: Value): Value {
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return value;
  if (value instanceof PyFloat) return new StoredFloat(value.value) as unknown as Value;
  if (value instanceof PyTuple) return new StoredTuple(value.items.map(shield)) as unknown as Value;
  if (Array.isArray(value)) return needsShield(value) ? value.map(shield) : value;
  return needsShield(value)
    ? new Map([...value].map(([key, item]): [Value, Value] => [shield(key), shield(item)]))
    : value;
}

function needsShield(value: Value): boolean {
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return false;
  if (value instanceof PyFloat || value instanceof PyTuple) return true;
  if (Array.isArray(value)) return value.some(needsShield);
  for (const [key, item] of value) if (needsShield(key) || needsShield(item)) return true;
  return false;
}

/** The string that a record holds in this place. */
export function textOf(value: Value | undefined): string {
  return typeof value === 'string' ? value : '';
}
