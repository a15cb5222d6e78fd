import { appendUnit, rollUnit, shiftFor, spread } from './rolling-hash.ts';

const surrogate = /[\ud800-\udfff]/;

/** Units of the pieces of a tag that have their hashes here. */
export const gramLength = 6;
export const slash = 0x2f;
const shift = shiftFor(gramLength);

/**
 * The UTF-16 units of one tag after another, and the hashes of its pieces, in arrays. Reading a unit of a string
 * costs several times as much, so what is looked at more than once is read into here first, and no
 * further than somebody needs it.
 */
export class TagUnits {
  text = '';
  units: Uint16Array = new Uint16Array(256);
  /** How many units are read. */
  read = 0;
  /** At each unit the hash of the piece that ends there. */
  #grams = new Int32Array(257);
  #hashed = false;
  /** How many segments the tag has; -1 before they are looked for. */
  segmentCount = -1;
  #segments = new Int32Array(257);
  #surrogates: boolean | undefined;

  take(text: string): void {
    this.text = text;
    this.read = 0;
    this.#hashed = false;
    this.segmentCount = -1;
    this.#surrogates = undefined;
    if (text.length <= this.units.length) return;
    this.units = new Uint16Array(text.length * 2);
    this.#grams = new Int32Array(text.length * 2 + 1);
    this.#segments = new Int32Array(text.length * 2 + 1);
  }

  /** Reads on until that many units are there; the tag must have them. */
  readUpTo(count: number): Uint16Array {
    const { text, units } = this;
    for (let i = this.read; i < count; i += 1) units[i] = text.charCodeAt(i);
    if (count > this.read) this.read = count;
    return units;
  }

  /** The spread hashes of all pieces of `gramLength`; the first stands at `gramLength - 1`. */
  grams(): Int32Array {
    const grams = this.#grams;
    if (this.#hashed) return grams;
    this.#hashed = true;
    const end = this.text.length;
    const units = this.readUpTo(end);
    let hash = 0;
    for (let i = 0; i < end; i += 1) {
      hash = rollUnit(hash, units[i] ?? 0, shift);
      grams[i] = spread(hash);
    }
    return grams;
  }

  /** The spread hashes of what stands between slashes, or between one and an end of the tag. */
  segments(): Int32Array {
    const segments = this.#segments;
    if (this.segmentCount >= 0) return segments;
    const end = this.text.length;
    const units = this.readUpTo(end);
    let count = 0;
    let hash = 0;
    for (let i = 0; i < end; i += 1) {
      const unit = units[i] ?? 0;
      if (unit === slash) {
        segments[count] = spread(hash);
        count += 1;
        hash = 0;
      } else hash = appendUnit(hash, unit);
    }
    segments[count] = spread(hash);
    this.segmentCount = count + 1;
    return segments;
  }

  /** Whether the tag has characters of two units, or halves of them. */
  get hasSurrogates(): boolean {
    this.#surrogates ??= surrogate.test(this.text);
    return this.#surrogates;
  }
}

/** The spread hash of a whole segment. */
export function segmentHash(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i += 1) hash = appendUnit(hash, text.charCodeAt(i));
  return spread(hash);
}
