import { BrineError } from '../core/index.ts';

/** Numbers sort by value, strings by their bytes, lists item by item. */
export type Key = string | number | (string | number)[];

/** Longest key in bytes that LMDB takes. */
const keyBytesMax = 1900;

/** Throws BAD_ARGUMENT for a key that LMDB cannot keep. */
export function checkKey(key: Key): void {
  if (typeof key === 'number') return;
  if (typeof key === 'string') return checkPart(key);
  for (const part of key) if (typeof part === 'string') checkPart(part);
}

function checkPart(part: string): void {
  // Three bytes are the most that a unit of a string takes.
  const isLong = part.length * 3 > keyBytesMax / 2 && Buffer.byteLength(part) > keyBytesMax / 2;
  if (part === '' || isLong || part.includes('\0'))
    throw new BrineError('BAD_ARGUMENT', 'A journal key is empty, too long, or holds a NUL character.');
}

/** LMDB's order of two keys of one table: below, at or above 0. */
export function compareKeys(a: Key, b: Key): number {
  if (typeof a === 'object' && typeof b === 'object') return compareLists(a, b);
  if (typeof a === 'string' && typeof b === 'string') return compareTexts(a, b);
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  // LMDB sorts numbers before strings.
  return typeof a === 'number' ? -1 : 1;
}

function compareLists(a: (string | number)[], b: (string | number)[]): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i += 1) {
    const order = compareKeys(a[i] as string | number, b[i] as string | number);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** By bytes, which differs from the order of JavaScript beyond the first plane of Unicode only. */
function compareTexts(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
