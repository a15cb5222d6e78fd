import type { Token } from 'nunjucks/src/lexer.js';
import parserModule from 'nunjucks/src/parser.js';
import { int, PyFloat, type Value } from '../../../core/index.ts';
import { type At, build, type CallArgs, type Expr } from './ast.ts';

const comparisons: readonly string[] = ['==', '!=', '<', '>', '<=', '>='];
const constants: Readonly<Record<string, Value>> = {
  true: true,
  True: true,
  false: false,
  False: false,
  none: null,
  None: null,
};
const testArgumentTypes = new Set([
  'symbol',
  'string',
  'int',
  'float',
  'left-paren',
  'left-bracket',
  'left-curly',
]);
const notTestArguments = new Set(['else', 'or', 'and']);
const endOfText: Token = { type: 'end of template', value: 'end of template', lineno: 0, colno: 0 };

export interface TupleOptions {
  /** Without `x if y else z`, where a tag gives `if` its own meaning. */
  readonly noInlineIf?: boolean;
  /** Words that end the tuple beside the usual ends. */
  readonly ends?: readonly string[];
  /** Inside parentheses, where nothing at all is the empty tuple. */
  readonly parentheses?: boolean;
}

/** Jinja's expressions: its precedence, tuples, slices, test arguments, chained comparison. */
export class ExpressionParser extends parserModule.Parser {
  peek(): Token {
    return this.peekToken() ?? { ...endOfText, lineno: this.tokens.lineno, colno: this.tokens.colno };
  }

  take(): Token {
    const token = this.peek();
    this.nextToken();
    return token;
  }

  failAt(at: At, message: string): never {
    return this.fail(message, at.lineno, at.colno);
  }

  isSymbol(...words: string[]): boolean {
    const token = this.peek();
    return token.type === 'symbol' && words.includes(token.value);
  }

  operator(...signs: string[]): Token | undefined {
    const token = this.peek();
    return token.type === 'operator' && signs.includes(token.value) ? this.take() : undefined;
  }

  need(type: string, what: string): Token {
    const token = this.peek();
    if (token.type !== type) this.failAt(token, `expected ${what}, got ${shown(token)}`);
    return this.take();
  }

  needName(what = 'a name'): string {
    return this.need('symbol', what).value;
  }

  override parseExpression(): Expr {
    let node = this.parseOr();
    while (this.skipSymbol('if')) {
      const cond = this.parseOr();
      const else_ = this.skipSymbol('else') ? this.parseExpression() : null;
      node = build('InlineIf', node, { cond, body: node, else_ });
    }
    return node;
  }

  parseTuple(options: TupleOptions = {}): Expr {
    const first = this.peek();
    const children: Expr[] = [];
    let isTuple = false;
    for (;;) {
      if (this.#endsTuple(options)) break;
      children.push(options.noInlineIf === true ? this.parseOr() : this.parseExpression());
      if (!this.skip('comma')) break;
      isTuple = true;
    }
    if (!isTuple) {
      if (children[0] !== undefined) return children[0];
      if (options.parentheses !== true) this.failAt(first, `expected an expression, got ${shown(first)}`);
    }
    return build('Tuple', first, { children });
  }

  #endsTuple(options: TupleOptions): boolean {
    const { type, value } = this.peek();
    if (['variable-end', 'block-end', 'right-paren', endOfText.type].includes(type)) return true;
    return type === 'symbol' && options.ends?.includes(value) === true;
  }

  override parseOr(): Expr {
    let left = this.parseAnd();
    while (this.skipSymbol('or')) left = build('Or', left, { left, right: this.parseAnd() });
    return left;
  }

  override parseAnd(): Expr {
    let left = this.parseNot();
    while (this.skipSymbol('and')) left = build('And', left, { left, right: this.parseNot() });
    return left;
  }

  override parseNot(): Expr {
    const at = this.peek();
    return this.skipSymbol('not') ? build('Not', at, { target: this.parseNot() }) : this.parseCompare();
  }

  override parseCompare(): Expr {
    const expr = this.parseAdd();
    const ops: { type: string; expr: Expr }[] = [];
    for (;;) {
      const sign = this.operator(...comparisons);
      if (sign !== undefined) ops.push({ type: sign.value, expr: this.parseAdd() });
      else if (this.skipSymbol('in')) ops.push({ type: 'in', expr: this.parseAdd() });
      else if (this.#skipNotIn()) ops.push({ type: 'not in', expr: this.parseAdd() });
      else return ops.length === 0 ? expr : build('Compare', expr, { expr, ops });
    }
  }

  #skipNotIn(): boolean {
    if (!this.isSymbol('not')) return false;
    const not = this.take();
    if (this.skipSymbol('in')) return true;
    return this.failAt(not, "unexpected 'not'");
  }

  override parseAdd(): Expr {
    let left = this.parseConcat();
    for (let sign = this.operator('+', '-'); sign !== undefined; sign = this.operator('+', '-'))
      left = build('BinOp', sign, { operator: sign.value, left, right: this.parseConcat() });
    return left;
  }

  override parseConcat(): Expr {
    const first = this.#parseProduct();
    const children = [first];
    while (this.skip('tilde')) children.push(this.#parseProduct());
    return children.length === 1 ? first : build('Concat', first, { children });
  }

  #parseProduct(): Expr {
    const signs = ['*', '/', '//', '%'];
    let left = this.parsePow();
    for (let sign = this.operator(...signs); sign !== undefined; sign = this.operator(...signs))
      left = build('BinOp', sign, { operator: sign.value, left, right: this.parsePow() });
    return left;
  }

  override parsePow(): Expr {
    let left = this.parseUnary();
    for (let sign = this.operator('**'); sign !== undefined; sign = this.operator('**'))
      left = build('BinOp', sign, { operator: '**', left, right: this.parseUnary() });
    return left;
  }

  override parseUnary(noFilters = false): Expr {
    const sign = this.operator('-', '+');
    let node =
      sign === undefined
        ? this.parsePrimary()
        : build('UnaryOp', sign, { operator: sign.value, target: this.parseUnary(true) });
    node = this.parsePostfix(node);
    return noFilters ? node : this.parseFilter(node);
  }

  override parsePrimary(): Expr {
    const token = this.take();
    switch (token.type) {
      case 'symbol':
        return Object.hasOwn(constants, token.value)
          ? build('Literal', token, { value: constants[token.value] as Value })
          : build('Symbol', token, { value: token.value });
      case 'string':
        return this.#parseStrings(token);
      case 'int':
        return build('Literal', token, { value: intLiteral(token.value) });
      case 'float':
        return build('Literal', token, { value: floatLiteral(token.value) });
      case 'left-paren': {
        const node = this.parseTuple({ parentheses: true });
        this.need('right-paren', "')'");
        return node;
      }
      case 'left-bracket':
        return build('Array', token, { children: this.#parseItems('right-bracket', "',' or ']'") });
      case 'left-curly':
        return this.#parseDict(token);
      default:
        return this.failAt(token, `unexpected ${shown(token)}`);
    }
  }

  #parseStrings(token: Token): Expr {
    let value = token.value;
    while (this.peek().type === 'string') value += this.take().value;
    return build('Literal', token, { value });
  }

  #parseItems(close: string, what: string): Expr[] {
    const children: Expr[] = [];
    while (!this.skip(close)) {
      if (children.length > 0) {
        this.need('comma', what);
        if (this.skip(close)) break;
      }
      children.push(this.parseExpression());
    }
    return children;
  }

  #parseDict(token: Token): Expr {
    const pairs: (readonly [Expr, Expr])[] = [];
    while (!this.skip('right-curly')) {
      if (pairs.length > 0) {
        this.need('comma', "',' or '}'");
        if (this.skip('right-curly')) break;
      }
      const key = this.parseExpression();
      this.need('colon', "':' after the key");
      pairs.push([key, this.parseExpression()]);
    }
    return build('Dict', token, { pairs });
  }

  override parsePostfix(start: Expr): Expr {
    let node = start;
    for (;;) {
      const token = this.peek();
      if (token.type === 'left-paren') node = this.#parseCallOf(node);
      else if (token.type === 'left-bracket') {
        this.take();
        node = build('LookupVal', token, { target: node, val: this.#parseSubscript() });
      } else if (this.operator('.') !== undefined) node = this.#parseAttribute(node);
      else return node;
    }
  }

  #parseCallOf(node: Expr): Expr {
    return build('FunCall', node, { name: node, args: this.parseArguments() });
  }

  #parseAttribute(target: Expr): Expr {
    const token = this.take();
    if (token.type === 'symbol') return build('Attribute', token, { target, name: token.value });
    if (token.type !== 'int') return this.failAt(token, `expected a name after '.', got ${shown(token)}`);
    const val = build('Literal', token, { value: intLiteral(token.value) });
    return build('LookupVal', token, { target, val });
  }

  #parseSubscript(): Expr {
    const at = this.peek();
    const children: Expr[] = [];
    let isTuple = false;
    while (!this.skip('right-bracket')) {
      if (children.length > 0) {
        this.need('comma', "',' or ']'");
        isTuple = true;
        if (this.skip('right-bracket')) break;
      }
      children.push(this.#parseSlice());
    }
    if (children[0] === undefined) return this.failAt(at, 'expected a subscript between the brackets');
    return isTuple ? build('Tuple', at, { children }) : children[0];
  }

  #parseSlice(): Expr {
    const at = this.peek();
    const part = (): Expr | null =>
      ['colon', 'comma', 'right-bracket'].includes(this.peek().type) ? null : this.parseExpression();
    const start = part();
    if (!this.skip('colon')) return start ?? this.failAt(at, `unexpected ${shown(at)}`);
    const stop = part();
    return build('Slice', at, { start, stop, step: this.skip('colon') ? part() : null });
  }

  parseArguments(): CallArgs {
    const open = this.need('left-paren', "'('");
    const positional: Expr[] = [];
    const keyword: (readonly [string, Expr])[] = [];
    let star: Expr | null = null;
    let doubleStar: Expr | null = null;
    for (let first = true; !this.skip('right-paren'); first = false) {
      if (!first) {
        this.need('comma', "',' or ')'");
        if (this.skip('right-paren')) break;
      }
      if (this.operator('**') !== undefined) doubleStar = this.parseExpression();
      else if (this.operator('*') !== undefined) star = this.parseExpression();
      else {
        const word = this.peek();
        const value = this.parseExpression();
        // `true` and `none` are names here, too.
        const isName = word.type === 'symbol' && ['Symbol', 'Literal'].includes(value.typename);
        if (isName && this.operator('=') !== undefined) keyword.push([word.value, this.parseExpression()]);
        else if (keyword.length > 0 || doubleStar !== null)
          this.failAt(open, 'a positional argument follows a keyword argument');
        else positional.push(value);
      }
    }
    return { positional, keyword, star, doubleStar };
  }

  /** Filters, tests and calls of their results, which Jinja lets follow any operand. */
  override parseFilter(start: Expr): Expr {
    let node = start;
    for (;;) {
      if (this.skip('pipe')) node = this.parseOneFilter(node);
      else if (this.isSymbol('is')) node = this.#parseTest(node);
      else if (this.peek().type === 'left-paren') node = this.#parseCallOf(node);
      else return node;
    }
  }

  parseOneFilter(target: Expr | null): Expr {
    const at = this.peek();
    const name = this.#dottedName('a filter name');
    const args = this.peek().type === 'left-paren' ? this.parseArguments() : noArguments;
    return build('Filter', at, { name, target, args });
  }

  #dottedName(what: string): string {
    let name = this.needName(what);
    while (this.operator('.') !== undefined) name += `.${this.needName(what)}`;
    return name;
  }

  #parseTest(target: Expr): Expr {
    this.take();
    const negated = this.skipSymbol('not');
    const at = this.peek();
    const name = this.#dottedName('a test name');
    let args = noArguments;
    const next = this.peek();
    if (next.type === 'left-paren') args = this.parseArguments();
    else if (
      testArgumentTypes.has(next.type) &&
      !(next.type === 'symbol' && notTestArguments.has(next.value))
    ) {
      if (this.isSymbol('is')) this.failAt(next, "tests cannot be chained with 'is'");
      args = { ...noArguments, positional: [this.parsePostfix(this.parsePrimary())] };
    }
    const node = build('Is', at, { target, name, args });
    return negated ? build('Not', at, { target: node }) : node;
  }
}

export const noArguments: CallArgs = { positional: [], keyword: [], star: null, doubleStar: null };

/** A token as a message names it. */
export function shown(token: Token): string {
  if (token.type === 'data') return 'text';
  return token.type === endOfText.type ? token.value : `'${token.value}'`;
}

function intLiteral(text: string): Value {
  const digits = text.replaceAll('_', '').toLowerCase();
  return int(BigInt(/^0+$/.test(digits) ? '0' : digits));
}

function floatLiteral(text: string): Value {
  const value = Number(text.replaceAll('_', ''));
  return Number.isInteger(value) ? new PyFloat(value) : value;
}
