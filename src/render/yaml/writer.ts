import { doubleQuoted } from '../python/index.ts';

/** Columns after which libyaml looks for a place to break a line. */
const widthMax = 80;

/** Builds YAML text with libyaml's rules for blanks, indentation and folding. */
export class Writer {
  text = '';
  indent = -1;
  #column = 0;
  #whitespace = true;
  #indention = true;

  get isWide(): boolean {
    return this.#column > widthMax;
  }

  /** Whether nothing but indentation and indicators stand on the line. */
  get atIndention(): boolean {
    return this.#indention;
  }

  indicator(mark: string, options: { space?: boolean; isSpace?: boolean; isIndention?: boolean } = {}): void {
    if (options.space === true && !this.#whitespace) this.#put(' ');
    this.#put(mark);
    this.#whitespace = options.isSpace === true;
    this.#indention = this.#indention && options.isIndention === true;
  }

  newLine(): void {
    const indent = Math.max(0, this.indent);
    if (!this.#indention || this.#column > indent || (this.#column === indent && !this.#whitespace))
      this.#break('\n');
    if (this.#column < indent) this.#put(' '.repeat(indent - this.#column));
    this.#whitespace = true;
    this.#indention = true;
  }

  plain(text: string, fold: boolean): void {
    if (!this.#whitespace && text !== '') this.#put(' ');
    this.#folded(text, fold, false);
    this.#whitespace = false;
    this.#indention = false;
  }

  singleQuoted(text: string, fold: boolean): void {
    this.indicator("'", { space: true });
    this.#folded(text.replaceAll("'", "''"), fold, true);
    this.indicator("'");
  }

  doubleQuoted(text: string, fold: boolean): void {
    this.indicator('"', { space: true });
    const body = doubleQuoted(text).slice(1, -1);
    let first = true;
    for (const piece of body.split(/( )/)) {
      if (piece === ' ' && fold && this.isWide && !first) this.#foldDouble();
      else this.#put(piece);
      if (piece !== '') first = false;
    }
    this.indicator('"');
  }

  #foldDouble(): void {
    this.newLine();
    this.#whitespace = true;
  }

  /** Writes text whose single blanks may become line breaks and whose line breaks are doubled. */
  #folded(text: string, fold: boolean, quoted: boolean): void {
    const pieces = text.split(/([\n\x85\u2028\u2029]+| +)/);
    for (const [index, piece] of pieces.entries()) {
      if (/^[\n\x85\u2028\u2029]/.test(piece)) {
        if (piece.startsWith('\n')) this.#break('\n');
        for (const lineBreak of piece) this.#break(lineBreak);
        this.#indention = true;
        this.newLine();
        this.#indention = true;
      } else if (piece === ' ' && fold && this.isWide && index > 0 && this.#mayFold(pieces, index, quoted)) {
        this.newLine();
      } else if (piece !== '') {
        this.#put(piece);
        this.#indention = false;
      }
    }
  }

  #mayFold(pieces: readonly string[], index: number, quoted: boolean): boolean {
    if (!quoted) return true;
    return pieces[index - 1] !== '' && pieces.slice(index + 1).some((piece) => piece !== '');
  }

  #put(text: string): void {
    this.text += text;
    this.#column += Array.from(text).length;
  }

  #break(lineBreak: string): void {
    this.text += lineBreak;
    this.#column = 0;
    this.#whitespace = true;
  }
}
