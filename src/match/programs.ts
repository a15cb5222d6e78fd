import { compileGlob } from './compile.ts';
import type { GlobToken } from './glob.ts';
import { SetTables } from './set-tables.ts';
import type { TagUnits } from './tag-units.ts';

/** A byte of a run from here on stands for a set. */
const firstSet = 0x80;
const setsMax = 0x100 - firstSet;
const beyondAscii = /[^\0-\x7f]/;
/** What one byte can say of lengths. */
const unitsMax = 0xff;
/** What memory is read by; a program that fits into one does not lie across two. */
const lineBytes = 64;

/** Where in a program what stands. */
const ownerAt = 0;
const kindAt = 4;
const runsAt = 5;
const lengthMinAt = 6;
const firstRunAt = 7;

/** Kinds of programs: text between stars; text and sets; nothing, because only the expression decides. */
const textOnly = 0;
const withSets = 1;
const asked = 2;

/**
 * Decides whether tags match globs, as the expressions that minimatch compiles do. An expression for each of
 * very many globs costs microseconds whenever it is cold, so each glob is a few bytes in one array: text and
 * stars are compared here, sets are tabulated from minimatch. What is beyond ASCII or beyond a byte, in a glob or
 * where a set meets it, is asked of the expression.
 *
 * A program is: its owner in four bytes, its kind, how many runs stars divide the glob into, the units of the
 * shortest match; then the first run, the last one, and those between, each as its length and its bytes.
 */
export class Programs {
  readonly #code: Uint8Array;
  readonly #sets: SetTables;
  readonly #globOf: (owner: number) => string;
  readonly #expressions = new Map<number, RegExp>();

  constructor(code: Uint8Array, sets: SetTables, globOf: (owner: number) => string) {
    this.#code = code;
    this.#sets = sets;
    this.#globOf = globOf;
  }

  /** What the program was added with. */
  owner(program: number): number {
    const code = this.#code;
    const low = (code[program + ownerAt] ?? 0) | ((code[program + ownerAt + 1] ?? 0) << 8);
    return low | ((code[program + ownerAt + 2] ?? 0) << 16) | ((code[program + ownerAt + 3] ?? 0) << 24);
  }

  matches(program: number, tag: TagUnits): boolean {
    const kind = this.#code[program + kindAt];
    if (kind === textOnly) return this.#fits(program, tag, false);
    if (kind === withSets && this.#fits(program, tag, true)) return true;
    // A set takes a whole character, be it two units long.
    return (kind === asked || tag.hasSurrogates) && this.#ask(program, tag);
  }

  #fits(program: number, tag: TagUnits, sets: boolean): boolean {
    tag.read();
    const code = this.#code;
    const shortest = code[program + lengthMinAt] ?? 0;
    const runs = code[program + runsAt] ?? 0;
    if (tag.text.length < shortest || (runs === 1 && tag.text.length > shortest)) return false;
    let run = program + firstRunAt;
    let at = code[run] ?? 0;
    if (!this.#isAt(run, tag, 0, sets)) return false;
    if (runs === 1) return true;
    run += 1 + at;
    const end = tag.text.length - (code[run] ?? 0);
    if (!this.#isAt(run, tag, end, sets)) return false;
    // Each run may be taken where it first fits: what comes after has never less room for it.
    for (let left = runs - 2; left > 0; left -= 1) {
      run += 1 + (code[run] ?? 0);
      at = this.#find(run, tag, at, end, sets);
      if (at < 0) return false;
      at += code[run] ?? 0;
    }
    return true;
  }

  #isAt(run: number, tag: TagUnits, at: number, sets: boolean): boolean {
    const code = this.#code;
    const length = code[run] ?? 0;
    const { units } = tag;
    for (let i = 0; i < length; i += 1) {
      const wanted = code[run + 1 + i] ?? 0;
      const unit = units[at + i] ?? 0;
      if (unit !== wanted || (sets && wanted >= firstSet)) {
        if (!sets || !this.#sets.takes(wanted - firstSet, unit)) return false;
      }
    }
    return true;
  }

  /** Where the run first is at or after `from`, ending at or before `end`; -1 where it is not. */
  #find(run: number, tag: TagUnits, from: number, end: number, sets: boolean): number {
    const { units } = tag;
    const first = this.#code[run + 1] ?? 0;
    const anyFirst = sets && first >= firstSet;
    const last = end - (this.#code[run] ?? 0);
    for (let at = from; at <= last; at += 1)
      if ((anyFirst || units[at] === first) && this.#isAt(run, tag, at, sets)) return at;
    return -1;
  }

  #ask(program: number, tag: TagUnits): boolean {
    let expression = this.#expressions.get(program);
    if (expression === undefined) {
      expression = compileGlob(this.#globOf(this.owner(program)));
      this.#expressions.set(program, expression);
    }
    return expression.test(tag.text);
  }
}

export class ProgramsBuilder {
  #code = new Uint8Array(4096);
  #length = 0;
  readonly #sets = new SetTables();
  readonly #few: boolean;

  /** `few`: the expressions of so few globs stay warm, and are faster then. */
  constructor(few: boolean) {
    this.#few = few;
  }

  /** Gives the number of the program. */
  add(owner: number, glob: string, tokens: readonly GlobToken[]): number {
    const kind = this.#kind(glob, tokens);
    const [first = [], ...rest] = kind === asked ? [] : splitAtStars(tokens);
    const last = rest.pop();
    const runs = last === undefined ? [first] : [first, last, ...rest];
    const shortest = runs.reduce((sum, run) => sum + unitsOf(run), 0);
    const program = this.#place(firstRunAt + runs.length + shortest);
    for (let shift = 0; shift < 32; shift += 8) this.#push((owner >>> shift) & 0xff);
    this.#push(kind);
    this.#push(runs.length);
    this.#push(shortest);
    for (const run of runs) this.#addRun(run);
    return program;
  }

  build(globOf: (owner: number) => string): Programs {
    return new Programs(this.#code.slice(0, this.#length), this.#sets, globOf);
  }

  #kind(glob: string, tokens: readonly GlobToken[]): number {
    if (this.#few || glob.length > unitsMax || tokens.some(({ kind }) => kind === 'never')) return asked;
    if (tokens.some((token) => token.kind === 'literal' && beyondAscii.test(token.text))) return asked;
    const sets = tokens.filter((token) => token.kind === 'any' || token.kind === 'set');
    if (sets.length === 0) return textOnly;
    return sets.every((token) => this.#sets.numberOf(token) < setsMax) ? withSets : asked;
  }

  #addRun(run: readonly GlobToken[]): void {
    this.#push(unitsOf(run));
    for (const token of run) {
      if (token.kind !== 'literal') this.#push(firstSet + this.#sets.numberOf(token));
      else for (let i = 0; i < token.text.length; i += 1) this.#push(token.text.charCodeAt(i));
    }
  }

  /** Where the next program of so many bytes begins; there is room for it then. */
  #place(bytes: number): number {
    const left = lineBytes - (this.#length % lineBytes);
    if (bytes > left && bytes <= lineBytes) this.#length += left;
    if (this.#length + bytes > this.#code.length) {
      const larger = new Uint8Array(this.#code.length * 2);
      larger.set(this.#code);
      this.#code = larger;
    }
    return this.#length;
  }

  #push(byte: number): void {
    this.#code[this.#length] = byte;
    this.#length += 1;
  }
}

function unitsOf(run: readonly GlobToken[]): number {
  return run.reduce((sum, token) => sum + (token.kind === 'literal' ? token.text.length : 1), 0);
}

function splitAtStars(tokens: readonly GlobToken[]): GlobToken[][] {
  const parts: GlobToken[][] = [[]];
  for (const token of tokens) {
    if (token.kind === 'star') parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}
