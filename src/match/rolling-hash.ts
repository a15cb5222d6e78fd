/** Odd numbers with their bits well spread: a product depends, in its upper bits, on all bits of the factor. */
const unitFactor = -0x61c8864f;
const spreadFactor = 0x2c1b3c6d;

/** A hash with one more UTF-16 unit. It holds all units so far. */
export function appendUnit(hash: number, unit: number): number {
  return (Math.imul(hash, unitFactor) + unit) | 0;
}

/** A hash with one more unit that holds the last ones only: what is older has been shifted out. */
export function rollUnit(hash: number, unit: number, shift: number): number {
  return ((hash << shift) + Math.imul(unit, unitFactor)) | 0;
}

/** How far `rollUnit` must shift to hold so many units. */
export function shiftFor(units: number): number {
  return Math.ceil(32 / units);
}

/** What tables and filters take: its upper bits depend on all bits of the hash. No two hashes become one. */
export function spread(hash: number): number {
  return Math.imul(hash ^ (hash >>> 15), spreadFactor);
}
