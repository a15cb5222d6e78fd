import { type Count, Machine } from './machine.ts';
import { type Flags, parsePattern } from './parse.ts';
import { compilePattern, type Program } from './program.ts';

export type { Count } from './machine.ts';
export { PatternError } from './nodes.ts';

/** Programs that are kept, and the longest patterns that they are kept of. */
const compiledMax = 500;
const keptMax = 1000;
const compiled = new Map<string, Program>();

/** A match of a pattern: the groups by number, null for those without a part in it. */
export interface Match {
  readonly start: number;
  readonly end: number;
  readonly groups: readonly (string | null)[];
}

/**
 * A pattern of Python's `re`, matched by backtracking as Python does it, on code points. Every step is counted, so
 * that no pattern and no text can take more than a template may. Throws a PatternError for what is no pattern.
 */
export class Regex {
  readonly #program: Program;

  constructor(source: string, flags: Partial<Flags>) {
    const all = {
      ignoreCase: false,
      multiline: false,
      dotAll: false,
      verbose: false,
      ascii: false,
      ...flags,
    };
    this.#program = programOf(source, all);
  }

  get groupCount(): number {
    return this.#program.groups;
  }

  /** The number of a named group. */
  groupNamed(name: string): number | undefined {
    return this.#program.names.get(name);
  }

  /** The match at the start of the text. */
  match(text: string, count: Count): Match | null {
    return new Search(this.#program, text, count).at(0);
  }

  /** The first match in the text. */
  search(text: string, count: Count): Match | null {
    return new Search(this.#program, text, count).from(0);
  }

  /** Every match from left to right; an empty one may follow another, but not an empty one in the same place. */
  *all(text: string, count: Count): Generator<Match> {
    const search = new Search(this.#program, text, count);
    let found = search.from(0);
    while (found !== null) {
      yield found;
      found = search.from(found.end, found.start === found.end);
    }
  }
}

class Search {
  readonly #machine: Machine;
  readonly #text: string;
  /** Where each code point starts in the text; null when each is one unit. */
  readonly #units: readonly number[] | null;
  readonly #length: number;
  readonly #count: Count;

  constructor(program: Program, text: string, count: Count) {
    const codes = Array.from(text, (char) => char.codePointAt(0) as number);
    count(Math.ceil(codes.length / 16));
    this.#machine = new Machine(program, codes, count);
    this.#text = text;
    this.#count = count;
    this.#length = codes.length;
    this.#units = codes.length === text.length ? null : unitsOf(codes);
  }

  at(start: number, notEmpty = false): Match | null {
    const found = this.#machine.matchAt(start, notEmpty);
    if (found === null) return null;
    const groups: (string | null)[] = [];
    for (let at = 0; at < found.length; at += 2)
      groups.push(this.#slice(found[at] as number, found[at + 1] as number));
    return { start, end: found[1] as number, groups };
  }

  from(first: number, notEmpty = false): Match | null {
    for (let start = first; start <= this.#length; start += 1) {
      const found = this.at(start, notEmpty && start === first);
      if (found !== null) return found;
      if (start % 16 === 0) this.#count(1);
    }
    return null;
  }

  #slice(start: number, end: number): string | null {
    if (start < 0 || end < 0) return null;
    const units = this.#units;
    return units === null ? this.#text.slice(start, end) : this.#text.slice(units[start], units[end]);
  }
}

function unitsOf(codes: readonly number[]): number[] {
  const units = [0];
  for (const code of codes) units.push((units.at(-1) as number) + (code > 0xffff ? 2 : 1));
  return units;
}

function programOf(source: string, flags: Flags): Program {
  const key = `${Object.values(flags).map(Number).join('')}:${source}`;
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const program = compilePattern(parsePattern(source, flags));
  if (compiled.size >= compiledMax) compiled.clear();
  if (source.length <= keptMax) compiled.set(key, program);
  return program;
}
