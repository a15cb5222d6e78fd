import { RenderFailure } from '../types.ts';

/** Reads text, and reads it again with other indentation when it cannot be parsed as it is. */
export function withReindent<T>(text: string, read: (text: string) => T): T {
  try {
    return read(text);
  } catch (error) {
    if (!(error instanceof RenderFailure) || error.problem.code !== 'YAML_SYNTAX') throw error;
    const other = reindent(text);
    if (other === text) throw error;
    try {
      return read(other);
    } catch (second) {
      if (second instanceof RenderFailure && second.problem.code === 'YAML_SYNTAX') throw error;
      throw second;
    }
  }
}

/**
 * PyYAML does not care how the further lines of a quoted scalar or of brackets are indented; the parser here
 * does. Gives the text with those lines indented enough, which changes nothing of what it means. Line numbers
 * stay. Meant for text that the parser has refused, so it need not understand faulty text.
 */
function reindent(text: string): string {
  return new Reindenter(text).run();
}

class Reindenter {
  readonly #text: string;
  #at = 0;
  #out = '';
  /** Column of the key or dash that the current value belongs to. */
  #column = -1;

  constructor(text: string) {
    this.#text = text;
  }

  run(): string {
    while (this.#at < this.#text.length) this.#line();
    return this.#out;
  }

  /** One line of block structure, with whatever multi-line value starts on it. */
  #line(): void {
    const start = this.#out.length;
    this.#column = -1;
    this.#copy(/ */y);
    for (;;) {
      const column = this.#out.length - start;
      if (this.#copy(/[-?](?= |$|\n)/y)) this.#column = column;
      else if (this.#copy(/[&!][^\s]*/y) || this.#copy(/:(?= |$|\n)/y)) void 0;
      else if (this.#peek('"') || this.#peek("'")) this.#quoted(column);
      else if (this.#peek('[') || this.#peek('{')) this.#brackets();
      else if (this.#copy(/[|>][^\n]*\n?/y)) return this.#blockScalar();
      else if (!this.#plain(column)) break;
      this.#copy(/ +/y);
    }
    this.#copy(/[^\n]*\n?/y);
  }

  /** Plain text up to its colon; false when there is no colon, so that the line is done. */
  #plain(column: number): boolean {
    if (!this.#copy(/(?!#)(?:[^\n:#]|:(?! |\n|$)|(?<! )#)+(?=:(?: |\n|$))/y)) return false;
    this.#column = column;
    return true;
  }

  #quoted(column: number): void {
    const double = this.#peek('"');
    this.#copyLines(double ? /"(?:[^"\\]|\\[^])*"?/y : /'(?:[^']|'')*'?/y);
    if (/ *:(?: |\n|$)/y.test(this.#text.slice(this.#at, this.#at + 80))) this.#column = column;
  }

  #brackets(): void {
    let level = 0;
    do {
      if (this.#peek('[') || this.#peek('{')) level += 1;
      if (this.#peek(']') || this.#peek('}')) level -= 1;
      if (this.#peek('"')) this.#copyLines(/"(?:[^"\\]|\\[^])*"?/y);
      else if (this.#peek("'") && /[\s,[{:]/.test(this.#text[this.#at - 1] ?? ' '))
        this.#copyLines(/'(?:[^']|'')*'?/y);
      else if (!this.#copy(/(?<=\s)#[^\n]*/y)) this.#copyLines(/[^]/y);
    } while (level > 0 && this.#at < this.#text.length);
  }

  #blockScalar(): void {
    const deeper = new RegExp(`(?: {${this.#column + 1},}[^\\n]*| *)(?:\\n|$)`, 'y');
    while (this.#at < this.#text.length && this.#copy(deeper)) void 0;
  }

  #peek(character: string): boolean {
    return this.#text[this.#at] === character;
  }

  #copy(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined || found === '') return false;
    this.#out += found;
    this.#at += found.length;
    return true;
  }

  /** Copies what matches, with every line that follows a line break inside it indented enough. */
  #copyLines(pattern: RegExp): void {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? (this.#text[this.#at] as string);
    this.#at += found.length;
    const [first = '', ...others] = found.split('\n');
    this.#out += first;
    for (const [index, line] of others.entries()) {
      const rest =
        index === others.length - 1 ? line + this.#text.slice(this.#at, this.#at + this.#column + 2) : line;
      const blanks = rest.length - rest.trimStart().length;
      this.#out += `\n${' '.repeat(Math.max(0, this.#column + 1 - blanks))}${line}`;
    }
  }
}
