import { float, int, PyFloat, type Value } from '../../../core/index.ts';
import { PyError } from '../../python/index.ts';

const token =
  /\s*(?:([[\]{}:,])|("(?:[^"\\\n]|\\.)*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?)(?![\w.])|(true|false|null|NaN|-?Infinity)\b)/y;

const words: Readonly<Record<string, Value>> = {
  true: true,
  false: false,
  null: null,
  NaN: new PyFloat(Number.NaN),
  Infinity: new PyFloat(Number.POSITIVE_INFINITY),
  '-Infinity': new PyFloat(Number.NEGATIVE_INFINITY),
};

/** Python's `json.loads`: integers of any size stay exact and `1.0` stays a float. Throws a PyError. */
export function parseJson(text: string): Value {
  const parser = new JsonParser(text);
  const value = parser.value(parser.next());
  if (text.slice(parser.at).trim() !== '') parser.fail('Extra data');
  return value;
}

class JsonParser {
  readonly #text: string;
  at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  next(): string {
    token.lastIndex = this.at;
    const match = token.exec(this.#text);
    if (match === null) return this.fail('Expecting value');
    this.at = token.lastIndex;
    return match[0].trimStart();
  }

  fail(what: string): never {
    const before = this.#text.slice(0, this.at).split('\n');
    const place = `line ${before.length} column ${(before.at(-1) ?? '').length + 1} (char ${this.at})`;
    throw new PyError('ValueError', `${what}: ${place}`);
  }

  value(start: string): Value {
    if (start === '[') return this.#list();
    if (start === '{') return this.#map();
    if (start.startsWith('"')) return this.#string(start);
    const word = words[start];
    if (word !== undefined) return word;
    if (!/^-?\d/.test(start)) return this.fail('Expecting value');
    return /[.eE]/.test(start) ? float(Number(start)) : int(BigInt(start));
  }

  #string(quoted: string): string {
    try {
      return JSON.parse(quoted.replaceAll('\t', '\\t')) as string;
    } catch {
      return this.fail('Invalid \\escape');
    }
  }

  #list(): Value[] {
    const items: Value[] = [];
    let next = this.next();
    if (next === ']') return items;
    for (;;) {
      items.push(this.value(next));
      next = this.next();
      if (next === ']') return items;
      if (next !== ',') this.fail("Expecting ',' delimiter");
      next = this.next();
    }
  }

  #map(): Map<Value, Value> {
    const map = new Map<Value, Value>();
    let next = this.next();
    if (next === '}') return map;
    for (;;) {
      if (!next.startsWith('"')) this.fail('Expecting property name enclosed in double quotes');
      const key = this.#string(next);
      if (this.next() !== ':') this.fail("Expecting ':' delimiter");
      map.set(key, this.value(this.next()));
      next = this.next();
      if (next === '}') return map;
      if (next !== ',') this.fail("Expecting ',' delimiter");
      next = this.next();
    }
  }
}
