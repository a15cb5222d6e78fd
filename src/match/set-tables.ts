import { compileGlob } from './compile.ts';
import type { GlobToken } from './glob.ts';

const tabulated = 0x80;
const firstSurrogate = 0xd800;
const lastSurrogate = 0xdfff;

/** Which characters each `?` and `[…]` takes, as minimatch says; the same one twice has one number. */
export class SetTables {
  readonly #numbers = new Map<string, number>();
  readonly #tables: SetTable[] = [];

  numberOf(token: GlobToken): number {
    const key = JSON.stringify(token);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const fresh = this.#tables.push(new SetTable(token)) - 1;
    this.#numbers.set(key, fresh);
    return fresh;
  }

  /** Whether the set takes a UTF-16 unit; none takes half of a character. */
  takes(number: number, unit: number): boolean {
    return number >= 0 && number < this.#tables.length && this.#tables[number]?.takes(unit) === true;
  }
}

/** Filled when it is first needed. */
class SetTable {
  readonly #token: GlobToken;
  #expression: RegExp | undefined;
  #taken: Uint8Array | undefined;

  constructor(token: GlobToken) {
    this.#token = token;
  }

  takes(unit: number): boolean {
    if (unit < tabulated) {
      this.#taken ??= Uint8Array.from({ length: tabulated }, (_, each) => (this.#ask(each) ? 1 : 0));
      return this.#taken[unit] === 1;
    }
    return (unit < firstSurrogate || unit > lastSurrogate) && this.#ask(unit);
  }

  #ask(unit: number): boolean {
    this.#expression ??= compileGlob('', [this.#token]);
    return this.#expression.test(String.fromCharCode(unit));
  }
}
