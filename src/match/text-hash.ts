// The factors are odd numbers with their bits well spread: a product depends, in its upper bits, on all bits of the
// other factor. They stand where they are used because a constant of the module is loaded anew for each unit.

/** A hash with one more UTF-16 unit: each unit times a power of one factor, so that pieces can be taken out. */
export function appendUnit(hash: number, unit: number): number {
  return (Math.imul(hash, -0x61c8864f) + unit) | 0;
}

/** What `count` further units multiply a hash by, for each count below `length`. */
export function powersUpTo(length: number): Int32Array {
  const powers = new Int32Array(length);
  let power = 1;
  for (let i = 0; i < length; i += 1) {
    powers[i] = power;
    power = appendUnit(power, 0);
  }
  return powers;
}

/** What tables and filters take: its upper bits depend on all bits of the hash. No two hashes become one. */
export function spread(hash: number): number {
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
}

/** The spread hash of a whole text. */
export function textHash(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i += 1) hash = appendUnit(hash, text.charCodeAt(i));
  return spread(hash);
}
