import lexer, { type Token, type Tokenizer } from 'nunjucks/src/lexer.js';
import { unescapeString } from './escapes.ts';

const Base = lexer.lex('').constructor as typeof Tokenizer;

const space = /\s+/y;
const name = /[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]*/uy;
const float = /\d+(?:_\d+)*(?:\.\d+(?:_\d+)*(?:e[+-]?\d+(?:_\d+)*)?|e[+-]?\d+(?:_\d+)*)/iy;
const integer = /0b(?:_?[01])+|0o(?:_?[0-7])+|0x(?:_?[\da-f])+|[1-9](?:_?\d)*|0(?:_?0)*/iy;
const string = /'[^'\\]*(?:\\[\s\S][^'\\]*)*'|"[^"\\]*(?:\\[\s\S][^"\\]*)*"/y;
const operator = /\/\/|\*\*|[=!<>]=|[-+/*%~[\](){}<>=.:|,]/y;
const tagStart = /\{[%{#]/g;

const tokenTypes: Readonly<Record<string, string>> = {
  '(': 'left-paren',
  ')': 'right-paren',
  '[': 'left-bracket',
  ']': 'right-bracket',
  '{': 'left-curly',
  '}': 'right-curly',
  ',': 'comma',
  ':': 'colon',
  '~': 'tilde',
  '|': 'pipe',
};
const closerOf: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** A place in the text with what is wrong there; counts from 0, as tokens do. */
export class LexError extends Error {
  readonly at: { readonly lineno: number; readonly colno: number };

  constructor(message: string, at: { lineno: number; colno: number }) {
    super(message);
    this.at = { lineno: at.lineno, colno: at.colno };
  }
}

/**
 * nunjucks' tokenizer with Jinja's tokens: its number and string literals, `{%+`, names that nunjucks
 * reserves, and `}}` that closes two maps instead of the expression.
 */
export class JinjaLexer extends Base {
  #end = '%}';
  #open: string[] = [];
  #afterDot = false;

  /** Starts inside an expression, without delimiters around it. */
  startInCode(): void {
    this.in_code = true;
    this.#end = '';
  }

  override nextToken(): Token | null {
    if (this.isFinished()) return null;
    return this.in_code ? this.#codeToken() : this.#textToken();
  }

  #textToken(): Token {
    tagStart.lastIndex = this.index;
    const next = tagStart.exec(this.str)?.index ?? this.len;
    if (next > this.index) return this.#take('data', this.str.slice(this.index, next));
    const start = this.str.slice(this.index, this.index + 2);
    if (start === '{#') return this.#comment();
    const sign = this.str[this.index + 2];
    this.in_code = true;
    this.#end = start === '{%' ? '%}' : '}}';
    const type = start === '{%' ? 'block-start' : 'variable-start';
    return this.#take(type, sign === '-' || sign === '+' ? start + sign : start);
  }

  #comment(): Token {
    const end = this.str.indexOf('#}', this.index + 2);
    if (end < 0) throw new LexError('the comment is never closed with #}', this);
    return this.#take('comment', this.str.slice(this.index, end + 2));
  }

  #codeToken(): Token {
    const blank = this.#match(space);
    if (blank !== undefined) return this.#take('whitespace', blank);
    const end = this.#open.length === 0 ? this.#codeEnd() : undefined;
    if (end !== undefined) {
      this.in_code = false;
      return this.#take(this.#end === '%}' ? 'block-end' : 'variable-end', end);
    }
    const afterDot = this.#afterDot;
    this.#afterDot = false;
    return this.#word(afterDot) ?? this.#operator();
  }

  #codeEnd(): string | undefined {
    if (this.#end === '') return undefined;
    if (this.str.startsWith(this.#end, this.index)) return this.#end;
    const sign = this.str[this.index];
    if (sign !== '-' && !(sign === '+' && this.#end === '%}')) return undefined;
    return this.str.startsWith(this.#end, this.index + 1) ? sign + this.#end : undefined;
  }

  #word(afterDot: boolean): Token | undefined {
    const word = this.#match(name);
    if (word !== undefined) return this.#take('symbol', word);
    const real = afterDot ? undefined : this.#match(float);
    if (real !== undefined) return this.#take('float', real);
    const whole = this.#match(integer);
    if (whole !== undefined) return this.#take('int', whole);
    const quoted = this.#match(string);
    if (quoted === undefined) return undefined;
    const token = this.#take('string', quoted);
    return { ...token, value: unescapeString(quoted.slice(1, -1)) };
  }

  #operator(): Token {
    const text = this.#match(operator);
    if (text === undefined) {
      const char = String.fromCodePoint(this.str.codePointAt(this.index) ?? 0);
      const message = /['"]/.test(char) ? 'the string is never closed' : `unexpected character '${char}'`;
      throw new LexError(message, this);
    }
    if (closerOf[text] !== undefined) this.#open.push(closerOf[text]);
    else if (text === ')' || text === ']' || text === '}') this.#close(text);
    this.#afterDot = text === '.';
    return this.#take(tokenTypes[text] ?? 'operator', text);
  }

  #close(text: string): void {
    const expected = this.#open.pop();
    if (expected === undefined) throw new LexError(`unexpected '${text}'`, this);
    if (expected !== text) throw new LexError(`unexpected '${text}', expected '${expected}'`, this);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.index;
    return pattern.exec(this.str)?.[0];
  }

  #take(type: string, value: string): Token {
    const { lineno, colno } = this;
    this.forwardN(value.length);
    return { type, value, lineno, colno };
  }
}
