import { type CharFlags, classTest, literalTest, setTest, wordTest } from './characters.ts';
import {
  type CharTest,
  type Greed,
  type Node,
  type Pattern,
  PatternError,
  type Place,
  widthOf,
} from './nodes.ts';

/** The flags that a pattern starts with. */
export interface Flags extends CharFlags {
  readonly multiline: boolean;
  readonly dotAll: boolean;
  readonly verbose: boolean;
}

/** Groups and repetitions within each other. */
const depthMax = 100;
const repeatMax = 4_294_967_295;
const simpleEscapes: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11, '\\': 92 };
const flagNames: Readonly<Record<string, keyof Flags>> = {
  a: 'ascii',
  i: 'ignoreCase',
  m: 'multiline',
  s: 'dotAll',
  x: 'verbose',
};

/** Parses a pattern of Python's `re` for text. Throws a PatternError for what `re.compile` refuses. */
export function parsePattern(source: string, flags: Flags): Pattern {
  return new PatternParser(source, flags).run();
}

class PatternParser {
  readonly #source: readonly string[];
  #at = 0;
  #flags: Flags;
  #groups = 0;
  #depth = 0;
  readonly #open = new Set<number>();
  readonly #widths = new Map<number, number | undefined>();
  /** How many groups stand before the look-behind that is being read. */
  #groupsBehind = Number.POSITIVE_INFINITY;
  /** Groups that conditions ask for, which may come later. */
  readonly #conditions: number[] = [];
  readonly #names = new Map<string, number>();

  constructor(source: string, flags: Flags) {
    this.#source = Array.from(source);
    this.#flags = flags;
  }

  run(): Pattern {
    const [leading = ''] = /^(?:\(\?[aiLmsux]+\))*/.exec(this.#source.join('')) ?? [];
    this.#flags = this.#changed(leading.replace(/[(?)]/g, ''), '');
    this.#at = leading.length;
    const root = this.#alternatives();
    if (this.#at < this.#source.length) this.#fail('unbalanced parenthesis');
    if (this.#conditions.some((index) => index > this.#groups)) this.#fail('invalid group reference');
    return { root, groups: this.#groups, names: this.#names };
  }

  #fail(message: string): never {
    throw new PatternError(message);
  }

  #peek(): string | undefined {
    return this.#source[this.#at];
  }

  #take(): string {
    const char = this.#source[this.#at] ?? this.#fail('unexpected end of pattern');
    this.#at += 1;
    return char;
  }

  #skip(text: string): boolean {
    if (!Array.from(text).every((char, index) => this.#source[this.#at + index] === char)) return false;
    this.#at += text.length;
    return true;
  }

  #until(end: string, what: string): string {
    const close = this.#source.indexOf(end, this.#at);
    if (close < 0) this.#fail(`missing ${end}, unterminated ${what}`);
    const text = this.#source.slice(this.#at, close).join('');
    this.#at = close + 1;
    return text;
  }

  #alternatives(): Node {
    this.#depth += 1;
    if (this.#depth > depthMax) this.#fail('the groups are nested too deeply');
    const options = [this.#sequence()];
    while (this.#skip('|')) options.push(this.#sequence());
    this.#depth -= 1;
    return options.length === 1 ? (options[0] as Node) : { type: 'choice', options };
  }

  #sequence(): Node {
    const items: Node[] = [];
    for (;;) {
      const char = this.#peek();
      if (char === undefined || char === '|' || char === ')') return { type: 'sequence', items };
      if (!this.#skipUnseen()) items.push(this.#repeated(this.#item()));
    }
  }

  /** Skips a comment, or what stands for nothing in a verbose pattern. */
  #skipUnseen(): boolean {
    if (this.#skip('(?#')) {
      this.#until(')', 'comment');
      return true;
    }
    return this.#flags.verbose && this.#skipVerbose(this.#peek() ?? '|');
  }

  #skipVerbose(char: string): boolean {
    if (/\s/.test(char)) this.#at += 1;
    else if (char === '#') this.#skipLine();
    else return false;
    return true;
  }

  #skipLine(): void {
    while (this.#at < this.#source.length) {
      const char = this.#take();
      if (char === '\n') return;
      if (char === '\\') this.#take();
    }
  }

  /** One item without its repetition. */
  #item(): Node {
    const char = this.#take();
    if (char === '(') return this.#group();
    if (char === '[') return { type: 'one', test: this.#set() };
    if (char === '.') return { type: 'one', test: this.#flags.dotAll ? () => true : (code) => code !== 10 };
    if (char === '^') return this.#place(this.#flags.multiline ? 'line-start' : 'start');
    if (char === '$') return this.#place(this.#flags.multiline ? 'line-end' : 'last-end');
    if (char === '\\') return this.#escape();
    if (char === '*' || char === '+' || char === '?') this.#fail('nothing to repeat');
    if (char === '{' && this.#bounds() !== undefined) this.#fail('nothing to repeat');
    return this.#literal(char.codePointAt(0) as number);
  }

  #place(place: Place): Node {
    return { type: 'place', place, isWord: wordTest(this.#flags.ascii) };
  }

  #literal(code: number): Node {
    return { type: 'one', test: literalTest(code, this.#flags) };
  }

  #repeated(item: Node): Node {
    let node = item;
    for (let count = 0; ; count += 1) {
      while (this.#skipUnseen());
      const bounds = this.#quantifier();
      if (bounds === undefined) return node;
      if (count > 0) this.#fail('multiple repeat');
      if (item.type === 'place') this.#fail('nothing to repeat');
      const [min, max] = bounds;
      if (max < min) this.#fail('min repeat greater than max repeat');
      const greed: Greed = this.#skip('?') ? 'lazy' : this.#skip('+') ? 'possessive' : 'greedy';
      node = { type: 'repeat', body: item, min, max, greed };
    }
  }

  #quantifier(): readonly [number, number] | undefined {
    if (this.#skip('*')) return [0, Number.POSITIVE_INFINITY];
    if (this.#skip('+')) return [1, Number.POSITIVE_INFINITY];
    if (this.#skip('?')) return [0, 1];
    return this.#skip('{') ? (this.#bounds() ?? this.#giveBack()) : undefined;
  }

  #giveBack(): undefined {
    this.#at -= 1;
  }

  /** `m}`, `m,n}` behind an open brace; undefined, with nothing taken, when the brace is only a brace. */
  #bounds(): readonly [number, number] | undefined {
    const rest = this.#source.slice(this.#at, this.#at + 30).join('');
    const [whole, low = '', comma, high = ''] = /^(\d*)(?:(,)(\d*))?\}/.exec(rest) ?? [];
    if (whole === undefined || (low === '' && comma === undefined)) return undefined;
    this.#at += whole.length;
    const min = low === '' ? 0 : Number(low);
    const max = comma === undefined ? min : high === '' ? Number.POSITIVE_INFINITY : Number(high);
    if (min >= repeatMax || (Number.isFinite(max) && max >= repeatMax))
      this.#fail('the repetition number is too large');
    return [min, max];
  }

  #group(): Node {
    if (!this.#skip('?')) return this.#capture(undefined);
    const kind = this.#take();
    if (kind === 'P') return this.#pythonGroup();
    if (kind === ':') return this.#closed(this.#alternatives());
    if (kind === '>') return { type: 'atomic', body: this.#closed(this.#alternatives()) };
    if (kind === '=' || kind === '!') return this.#look(kind === '!', false);
    if (kind === '<') {
      const sign = this.#take();
      return sign === '=' || sign === '!'
        ? this.#look(sign === '!', true)
        : this.#fail(`unknown extension ?<${sign}`);
    }
    return kind === '(' ? this.#condition() : this.#flagGroup(kind);
  }

  #closed(body: Node): Node {
    return this.#skip(')') ? body : this.#fail('missing ), unterminated subpattern');
  }

  #capture(name: string | undefined): Node {
    this.#groups += 1;
    const index = this.#groups;
    if (name !== undefined) {
      if (this.#names.has(name)) this.#fail(`redefinition of group name '${name}'`);
      this.#names.set(name, index);
    }
    this.#open.add(index);
    const body = this.#inner();
    this.#open.delete(index);
    this.#widths.set(index, widthOf(body));
    return { type: 'group', index, body };
  }

  /** A group's body; flags that are set inside end with it. */
  #inner(): Node {
    const before = this.#flags;
    const body = this.#closed(this.#alternatives());
    this.#flags = before;
    return body;
  }

  #pythonGroup(): Node {
    const sign = this.#take();
    if (sign === '<') return this.#capture(this.#name('>'));
    if (sign !== '=') return this.#fail(`unknown extension ?P${sign}`);
    const name = this.#name(')');
    return this.#reference(this.#names.get(name) ?? this.#fail(`unknown group name '${name}'`));
  }

  #name(end: string): string {
    const name = this.#until(end, 'name');
    if (!/^[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]*$/u.test(name))
      this.#fail(`bad character in group name '${name}'`);
    return name;
  }

  #reference(index: number): Node {
    if (index > this.#groups) this.#fail(`invalid group reference ${index}`);
    if (this.#open.has(index)) this.#fail('cannot refer to an open group');
    this.#checkBehind(index);
    const { ignoreCase } = this.#flags;
    return { type: 'reference', index, ignoreCase, width: this.#widths.get(index) };
  }

  /** A look-behind may not refer to its own groups, nor to later ones. */
  #checkBehind(index: number): void {
    if (Number.isFinite(this.#groupsBehind) && (index > this.#groupsBehind || this.#open.has(index)))
      this.#fail('cannot refer to group defined in the same lookbehind subpattern');
  }

  #look(negative: boolean, behind: boolean): Node {
    const before = this.#groupsBehind;
    if (behind) this.#groupsBehind = Math.min(before, this.#groups);
    const body = this.#inner();
    this.#groupsBehind = before;
    const width = behind ? widthOf(body) : null;
    if (width === undefined) return this.#fail('look-behind requires fixed-width pattern');
    return { type: 'look', behind: width, negative, body };
  }

  #condition(): Node {
    const name = this.#until(')', 'name');
    const index = /^\d+$/.test(name) ? Number(name) : this.#names.get(name);
    if (index === undefined || index === 0) return this.#fail(`unknown group '${name}'`);
    this.#checkBehind(index);
    this.#conditions.push(index);
    const body = this.#sequence();
    const otherwise: Node = this.#skip('|') ? this.#sequence() : { type: 'sequence', items: [] };
    if (this.#peek() === '|') this.#fail('conditional backref with more than two branches');
    return this.#closed({ type: 'condition', index, body, otherwise });
  }

  #flagGroup(first: string): Node {
    this.#at -= 1;
    const rest = this.#source.slice(this.#at, this.#at + 30).join('');
    const [whole, on = '', off = ''] = /^([aiLmsux]*)(?:-([imsx]+))?:/.exec(rest) ?? [];
    if (whole === undefined || whole === ':') {
      const isGlobal = /^[aiLmsux]+\)/.test(rest);
      return this.#fail(
        isGlobal ? 'global flags not at the start of the expression' : `unknown extension ?${first}`,
      );
    }
    this.#at += whole.length;
    const before = this.#flags;
    this.#flags = this.#changed(on, off);
    const body = this.#closed(this.#alternatives());
    this.#flags = before;
    return body;
  }

  #changed(on: string, off: string): Flags {
    if (on.includes('L')) this.#fail("bad inline flags: cannot use 'L' flag with a str pattern");
    const flags: Record<keyof Flags, boolean> = { ...this.#flags };
    for (const letter of on) if (letter !== 'u') flags[flagNames[letter] as keyof Flags] = true;
    for (const letter of off) flags[flagNames[letter] as keyof Flags] = false;
    return flags;
  }

  #escape(): Node {
    const letter = this.#take();
    const test = classTest(letter, this.#flags.ascii);
    if (test !== undefined) return { type: 'one', test };
    if (letter === 'A') return this.#place('start');
    if (letter === 'Z') return this.#place('end');
    if (letter === 'b') return this.#place('word');
    if (letter === 'B') return this.#place('inside');
    return /[1-9]/.test(letter) ? this.#numbered(letter) : this.#literal(this.#code(letter));
  }

  /** `\12`: a group, unless three octal digits make a character. */
  #numbered(first: string): Node {
    const rest = this.#source.slice(this.#at, this.#at + 2).join('');
    if (/^[0-3]$/.test(first) && /^[0-7]{2}/.test(rest)) {
      this.#at += 2;
      return this.#literal(Number.parseInt(first + rest, 8));
    }
    if (/^[4-7]$/.test(first) && /^[0-7]{2}/.test(rest))
      this.#fail('octal escape value outside of range 0-0o377');
    const [second = ''] = /^\d/.exec(rest) ?? [];
    this.#at += second.length;
    return this.#reference(Number(first + second));
  }

  /** The character that an escape stands for, inside and outside of sets. */
  #code(letter: string): number {
    const simple = simpleEscapes[letter];
    if (simple !== undefined) return simple;
    const digits = { x: 2, u: 4, U: 8 }[letter];
    if (digits !== undefined) return this.#hex(digits);
    if (letter === '0') {
      const [octal = ''] = /^[0-7]{0,2}/.exec(this.#source.slice(this.#at, this.#at + 2).join('')) ?? [];
      this.#at += octal.length;
      return Number.parseInt(`0${octal}`, 8);
    }
    if (/^[A-Za-z0-9]$/.test(letter)) this.#fail(`bad escape \\${letter}`);
    return letter.codePointAt(0) as number;
  }

  #hex(digits: number): number {
    const text = this.#source.slice(this.#at, this.#at + digits).join('');
    const code = new RegExp(`^[\\da-fA-F]{${digits}}$`).test(text) ? Number.parseInt(text, 16) : Number.NaN;
    if (!(code <= 0x10ffff)) this.#fail('incomplete escape');
    this.#at += digits;
    return code;
  }

  #set(): CharTest {
    const negated = this.#skip('^');
    const tests: CharTest[] = [];
    for (let first = true; first || !this.#skip(']'); first = false) {
      const low = this.#member();
      if (this.#peek() !== '-' || this.#source[this.#at + 1] === ']') {
        tests.push(typeof low === 'number' ? (code): boolean => code === low : low);
        continue;
      }
      this.#at += 1;
      const high = this.#member();
      if (typeof low !== 'number' || typeof high !== 'number' || high < low)
        this.#fail('bad character range');
      tests.push((code) => code >= low && code <= high);
    }
    return setTest(tests, negated, this.#flags);
  }

  /** One character or class of a set. */
  #member(): number | CharTest {
    if (this.#peek() === undefined) this.#fail('unterminated character set');
    const char = this.#take();
    if (char !== '\\') return char.codePointAt(0) as number;
    const letter = this.#take();
    if (letter === 'b') return 8;
    const [octal] =
      /^[0-3]?[0-7]{1,2}/.exec(letter + this.#source.slice(this.#at, this.#at + 2).join('')) ?? [];
    if (octal !== undefined) {
      this.#at += octal.length - 1;
      return Number.parseInt(octal, 8);
    }
    return classTest(letter, this.#flags.ascii) ?? this.#code(letter);
  }
}
