import { appendUnit, powersUpTo, spread } from './text-hash.ts';

const surrogate = /[\ud800-\udfff]/;

/** Units of the pieces of a tag whose hashes are kept. */
export const gramLength = 6;
export const slash = 0x2f;

/**
 * The UTF-16 units of one tag after another, with what gives the hash of any piece of it. Reading a unit of a string
 * costs several times as much as one of an array, so all are read into here once somebody needs them.
 */
export class TagUnits {
  text = '';
  units: Uint16Array = new Uint16Array(256);
  /** Where the slashes are. */
  slashes: Int32Array = new Int32Array(256);
  slashCount = 0;
  /** For each length the hash of what the tag begins with. */
  #prefixes = new Int32Array(257);
  #powers = powersUpTo(257);
  /** At each unit the spread hash of the piece of `gramLength` that ends there. */
  #grams = new Int32Array(257);
  #isRead = false;
  #hasGrams = false;
  #surrogates: boolean | undefined;

  take(text: string): void {
    this.text = text;
    this.#isRead = false;
    this.#hasGrams = false;
    this.#surrogates = undefined;
    if (text.length > this.units.length) this.#grow(text.length * 2);
  }

  #grow(length: number): void {
    this.units = new Uint16Array(length);
    this.slashes = new Int32Array(length);
    this.#prefixes = new Int32Array(length + 1);
    this.#powers = powersUpTo(length + 1);
    this.#grams = new Int32Array(length + 1);
  }

  /** Fills what the other members look at. */
  read(): void {
    if (this.#isRead) return;
    this.#isRead = true;
    const { text, units, slashes } = this;
    const prefixes = this.#prefixes;
    const separator = slash;
    let hash = 0;
    let found = 0;
    for (let i = 0; i < text.length; i += 1) {
      const unit = text.charCodeAt(i);
      units[i] = unit;
      hash = appendUnit(hash, unit);
      prefixes[i + 1] = hash;
      // Without a branch, which the processor would guess wrong at most slashes.
      slashes[found] = i;
      found += +(unit === separator);
    }
    this.slashCount = found;
  }

  /** The spread hash of a piece of what was read. */
  hash(from: number, end: number): number {
    const prefixes = this.#prefixes;
    const before = Math.imul(prefixes[from] ?? 0, this.#powers[end - from] ?? 0);
    return spread(((prefixes[end] ?? 0) - before) | 0);
  }

  /** The spread hashes of all pieces of `gramLength`; the first stands at `gramLength - 1`. */
  grams(): Int32Array {
    const grams = this.#grams;
    if (this.#hasGrams) return grams;
    this.#hasGrams = true;
    this.read();
    const end = this.text.length;
    const prefixes = this.#prefixes;
    const power = this.#powers[gramLength] ?? 0;
    for (let i = gramLength; i <= end; i += 1) {
      const before = Math.imul(prefixes[i - gramLength] ?? 0, power);
      grams[i - 1] = spread(((prefixes[i] ?? 0) - before) | 0);
    }
    return grams;
  }

  /** Whether the tag has characters of two units, or halves of them. */
  get hasSurrogates(): boolean {
    this.#surrogates ??= surrogate.test(this.text);
    return this.#surrogates;
  }
}
