import { BrineError } from './errors.ts';
import { float, int, type Value } from './value.ts';

const token =
  /\s*(?:([{}[\]:,])|("(?:[^"\\]|\\[^])*")|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(true|false|null))/y;
const depthMax = 200;

/**
 * JSON with Python's numbers: `1.0` stays a float and a long integer keeps its digits, which `JSON.parse`
 * cannot do. Throws BAD_ARGUMENT with the place.
 */
export function parseJson(text: string): Value {
  const reader = new JsonReader(text);
  const value = reader.value(0);
  reader.end();
  return value;
}

class JsonReader {
  readonly #text: string;
  #at = 0;
  /** Where the last token begins. */
  #begin = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): Value {
    if (depth > depthMax) throw this.#fault(`nested deeper than ${depthMax}`);
    const found = this.#next();
    if (found.punctuation === '{') return this.#object(depth);
    if (found.punctuation === '[') return this.#array(depth);
    if (found.text !== undefined) return this.#string(found.text);
    if (found.number !== undefined)
      return /[.eE]/.test(found.number) ? float(Number(found.number)) : int(BigInt(found.number));
    if (found.word !== undefined) return found.word === 'null' ? null : found.word === 'true';
    throw this.#fault(`unexpected ${found.punctuation}`, this.#begin);
  }

  end(): void {
    if (this.#text.slice(this.#at).trim() !== '') throw this.#fault('unexpected text behind the value');
  }

  #object(depth: number): Value {
    const map = new Map<Value, Value>();
    if (this.#skip('}')) return map;
    for (;;) {
      const { text } = this.#next();
      if (text === undefined) throw this.#fault('expected a key in double quotes', this.#begin);
      if (!this.#skip(':')) throw this.#fault('expected :');
      map.set(this.#string(text), this.value(depth + 1));
      if (this.#skip('}')) return map;
      if (!this.#skip(',')) throw this.#fault('expected , or }');
    }
  }

  #array(depth: number): Value {
    const items: Value[] = [];
    if (this.#skip(']')) return items;
    for (;;) {
      items.push(this.value(depth + 1));
      if (this.#skip(']')) return items;
      if (!this.#skip(',')) throw this.#fault('expected , or ]');
    }
  }

  #string(quoted: string): string {
    try {
      return JSON.parse(quoted) as string;
    } catch {
      throw this.#fault('a text with a wrong escape', this.#begin);
    }
  }

  #skip(punctuation: string): boolean {
    const before = this.#at;
    token.lastIndex = before;
    if (token.exec(this.#text)?.[1] !== punctuation) return false;
    this.#at = token.lastIndex;
    return true;
  }

  #next(): { punctuation?: string; text?: string; number?: string; word?: string } {
    token.lastIndex = this.#at;
    const match = token.exec(this.#text);
    if (match === null)
      throw this.#fault(this.#at >= this.#text.length ? 'it ends too early' : 'not a value');
    const [whole, punctuation, text, number, word] = match;
    this.#at = token.lastIndex;
    this.#begin = this.#at - whole.trimStart().length;
    return {
      ...(punctuation === undefined ? {} : { punctuation }),
      ...(text === undefined ? {} : { text }),
      ...(number === undefined ? {} : { number }),
      ...(word === undefined ? {} : { word }),
    };
  }

  #fault(what: string, at = this.#at): BrineError {
    const lines = this.#text.slice(0, at).split('\n');
    const place = `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
    return new BrineError('BAD_ARGUMENT', `This is not JSON, at ${place}: ${what}.`);
  }
}
