import type { Token } from 'nunjucks/src/lexer.js';
import { didYouMean } from '../../../core/index.ts';
import { type Body, build, type Expr, type Node, type Params, type Stmt, type Target } from './ast.ts';
import { ExpressionParser, shown } from './expressions.ts';
import { takeNodes } from './nodes.ts';
import { takeRaw } from './raw.ts';

type Rule = (parser: StatementParser, tag: Token) => Stmt;

/** Jinja's tags over nunjucks' parser; each tag is one rule of the table below. */
export class StatementParser extends ExpressionParser {
  override parseNodes(): Stmt[] {
    return takeNodes(this);
  }

  override parseStatement(): Stmt | null {
    const tag = this.peek();
    if (tag.type !== 'symbol') return this.failAt(tag, `expected the name of a tag, got ${shown(tag)}`);
    if (this.breakOnBlocks?.includes(tag.value) === true) return null;
    const rule = rules.get(tag.value);
    if (rule === undefined) return this.#unknownTag(tag);
    this.take();
    return rule(this, tag);
  }

  #unknownTag(tag: Token): never {
    const ends = this.breakOnBlocks ?? [];
    if (ends.length > 0 && (tag.value.startsWith('end') || ['else', 'elif'].includes(tag.value)))
      return this.failAt(tag, `found '${tag.value}', but the open block ends with '${ends.at(-1)}'`);
    const near = didYouMean(tag.value, [...rules.keys(), ...ends]);
    return this.failAt(
      tag,
      `unknown tag '${tag.value}'${near === undefined ? '' : `; did you mean '${near}'?`}`,
    );
  }

  endTag(): void {
    const token = this.peek();
    if (token.type !== 'block-end') this.failAt(token, `expected the end of the tag, got ${shown(token)}`);
    this.take();
    if (token.value.startsWith('-')) this.dropLeadingWhitespace = true;
  }

  /** The nodes up to one of the tags, whose name is the next token. */
  bodyUntil(opened: Token, ...names: string[]): Body {
    const body = this.parseUntilBlocks(...names) as Body;
    const token = this.peekToken();
    if (token === null)
      this.failAt(opened, `'${opened.value}' is never closed: expected '${names.at(-1)}' before the end`);
    return body;
  }

  /** The nodes up to the tag, which is read too. */
  closedBody(opened: Token, name: string): Body {
    this.endTag();
    const body = this.bodyUntil(opened, name);
    this.take();
    return body;
  }

  override parseIf(): Node<'If'> {
    return this.parseIfAfter(this.take());
  }

  parseIfAfter(tag: Token): Node<'If'> {
    const cond = this.parseTuple({ noInlineIf: true });
    this.endTag();
    const body = this.bodyUntil(tag, 'elif', 'else', 'endif');
    const next = this.take();
    if (next.value === 'elif') return build('If', tag, { cond, body, else_: this.parseIfAfter(next) });
    const else_ = next.value === 'else' ? this.closedBody(tag, 'endif') : null;
    this.endTag();
    return build('If', tag, { cond, body, else_ });
  }

  /** What set, for and with assign to: a name, a tuple of them, or an attribute of a namespace. */
  parseTarget(options: { namespace?: boolean; ends?: string[] } = {}): Target {
    return this.#parseTargetTuple(options);
  }

  #parseTargetTuple(options: { namespace?: boolean; ends?: string[] }): Target {
    const at = this.peek();
    const children: Target[] = [];
    let isTuple = false;
    do {
      const token = this.peek();
      if (
        token.type === 'block-end' ||
        (token.type === 'symbol' && options.ends?.includes(token.value) === true)
      )
        break;
      children.push(this.#parseOneTarget(options));
      if (this.peek().type === 'comma') isTuple = true;
    } while (this.skip('comma'));
    if (children[0] === undefined) return this.failAt(at, `expected a name to assign to, got ${shown(at)}`);
    return isTuple ? build('Tuple', at, { children }) : children[0];
  }

  #parseOneTarget(options: { namespace?: boolean; ends?: string[] }): Target {
    const token = this.peek();
    if (this.skip('left-paren') || this.skip('left-bracket')) {
      const inner = this.#parseTargetTuple(options);
      if (!this.skip('right-paren') && !this.skip('right-bracket'))
        this.failAt(this.peek(), `expected ')', got ${shown(this.peek())}`);
      return inner.typename === 'Tuple' ? inner : build('Tuple', token, { children: [inner] });
    }
    const name = this.needName('a name to assign to');
    if (reserved.has(name)) return this.failAt(token, `'${name}' cannot be assigned to`);
    if (options.namespace === true && this.operator('.') !== undefined)
      return build('NamespaceRef', token, { name, attribute: this.needName('an attribute name') });
    return build('Symbol', token, { value: name });
  }

  parseParams(): Params {
    const names: string[] = [];
    const defaults: Expr[] = [];
    this.need('left-paren', "'('");
    while (!this.skip('right-paren')) {
      if (names.length > 0) {
        this.need('comma', "',' or ')'");
        if (this.skip('right-paren')) break;
      }
      const at = this.peek();
      names.push(this.needName('a parameter name'));
      if (this.operator('=') !== undefined) defaults.push(this.parseExpression());
      else if (defaults.length > 0) this.failAt(at, 'a parameter without default follows one with a default');
    }
    return { names, defaults };
  }

  /** `with context` or `without context`, when it is there. */
  parseContextWords(byDefault: boolean): boolean {
    if (!this.isSymbol('with', 'without')) return byDefault;
    const word = this.take();
    if (this.skipSymbol('context')) return word.value === 'with';
    return this.failAt(word, `expected 'context' after '${word.value}'`);
  }

  /** A chain of filters without an operand: `filter a|b`, `set x | a`. */
  parseFilterChain(): Expr {
    let node = this.parseOneFilter(null);
    while (this.skip('pipe')) node = this.parseOneFilter(node);
    return node;
  }

  parseBodyOfRoot(): Node<'Root'> {
    return this.parseAsRoot() as Node<'Root'>;
  }
}

const reserved = new Set(['true', 'false', 'none', 'True', 'False', 'None']);

function parseFor(parser: StatementParser, tag: Token): Stmt {
  const name = parser.parseTarget({ ends: ['in'] });
  if (!parser.skipSymbol('in')) parser.failAt(parser.peek(), `expected 'in', got ${shown(parser.peek())}`);
  const arr = parser.parseTuple({ noInlineIf: true, ends: ['recursive', 'if'] });
  const test = parser.skipSymbol('if') ? parser.parseExpression() : null;
  const recursive = parser.skipSymbol('recursive');
  parser.endTag();
  const body = parser.bodyUntil(tag, 'else', 'endfor');
  const else_ = parser.take().value === 'else' ? parser.closedBody(tag, 'endfor') : null;
  parser.endTag();
  return build('For', tag, { name, arr, test, recursive, body, else_ });
}

function parseSet(parser: StatementParser, tag: Token): Stmt {
  const target = parser.parseTarget({ namespace: true });
  if (parser.operator('=') !== undefined) {
    const value = parser.parseTuple();
    parser.endTag();
    return build('Set', tag, { target, value });
  }
  const filter = parser.skip('pipe') ? parser.parseFilterChain() : null;
  const body = parser.closedBody(tag, 'endset');
  parser.endTag();
  return build('SetBlock', tag, { target, filter, body });
}

function parseMacro(parser: StatementParser, tag: Token): Stmt {
  const name = parser.needName('the name of the macro');
  const params = parser.parseParams();
  const body = parser.closedBody(tag, 'endmacro');
  parser.endTag();
  return build('Macro', tag, { name, params, body });
}

function parseCall(parser: StatementParser, tag: Token): Stmt {
  const params = parser.peek().type === 'left-paren' ? parser.parseParams() : { names: [], defaults: [] };
  const call = parser.parseExpression();
  if (call.typename !== 'FunCall') return parser.failAt(tag, "expected a call after 'call'");
  const body = parser.closedBody(tag, 'endcall');
  parser.endTag();
  return build('CallBlock', tag, { call, params, body });
}

function parseFilterBlock(parser: StatementParser, tag: Token): Stmt {
  const filter = parser.parseFilterChain();
  const body = parser.closedBody(tag, 'endfilter');
  parser.endTag();
  return build('FilterBlock', tag, { filter, body });
}

function parseWith(parser: StatementParser, tag: Token): Stmt {
  const bindings: (readonly [Target, Expr])[] = [];
  while (parser.peek().type !== 'block-end') {
    if (bindings.length > 0) parser.need('comma', "','");
    const at = parser.peek();
    const name = build('Symbol', at, { value: parser.needName('a name to assign to') });
    if (parser.operator('=') === undefined) parser.failAt(parser.peek(), "expected '=' after the name");
    bindings.push([name, parser.parseExpression()]);
  }
  const body = parser.closedBody(tag, 'endwith');
  parser.endTag();
  return build('With', tag, { bindings, body });
}

function parseDo(parser: StatementParser, tag: Token): Stmt {
  const value = parser.parseTuple();
  parser.endTag();
  return build('Do', tag, { value });
}

function parsePrint(parser: StatementParser, tag: Token): Stmt {
  const children: Expr[] = [];
  while (parser.peek().type !== 'block-end') {
    if (children.length > 0) parser.need('comma', "','");
    children.push(parser.parseExpression());
  }
  parser.endTag();
  return build('Output', tag, { children });
}

function parseLoopControl(parser: StatementParser, tag: Token): Stmt {
  parser.endTag();
  return build(tag.value === 'break' ? 'Break' : 'Continue', tag, {});
}

function parseBlock(parser: StatementParser, tag: Token): Stmt {
  const name = parser.needName('the name of the block');
  const scoped = parser.skipSymbol('scoped');
  const required = parser.skipSymbol('required');
  const body = parser.closedBody(tag, 'endblock');
  parser.skipSymbol(name);
  parser.endTag();
  return build('Block', tag, { name, scoped, required, body });
}

function parseExtends(parser: StatementParser, tag: Token): Stmt {
  const template = parser.parseExpression();
  parser.endTag();
  return build('Extends', tag, { template });
}

function parseInclude(parser: StatementParser, tag: Token): Stmt {
  const template = parser.parseExpression();
  const ignoreMissing = parser.skipSymbol('ignore');
  if (ignoreMissing && !parser.skipSymbol('missing'))
    parser.failAt(parser.peek(), "expected 'missing' after 'ignore'");
  const withContext = parser.parseContextWords(true);
  parser.endTag();
  return build('Include', tag, { template, ignoreMissing, withContext });
}

function parseImport(parser: StatementParser, tag: Token): Stmt {
  const template = parser.parseExpression();
  if (!parser.skipSymbol('as')) parser.failAt(parser.peek(), "expected 'as' and a name");
  const target = parser.needName('the name to import as');
  const withContext = parser.parseContextWords(false);
  parser.endTag();
  return build('Import', tag, { template, target, withContext });
}

function parseFrom(parser: StatementParser, tag: Token): Stmt {
  const template = parser.parseExpression();
  if (!parser.skipSymbol('import')) parser.failAt(parser.peek(), "expected 'import' and names");
  const names: (readonly [string, string])[] = [];
  do {
    const at = parser.peek();
    if (at.type === 'block-end' && names.length > 0) break;
    if (names.length > 0 && parser.isSymbol('with', 'without')) break;
    const name = parser.needName('a name to import');
    if (name.startsWith('_')) parser.failAt(at, 'names that start with an underscore cannot be imported');
    names.push([name, parser.skipSymbol('as') ? parser.needName('the name to import as') : name]);
  } while (parser.skip('comma'));
  const withContext = parser.parseContextWords(false);
  parser.endTag();
  return build('FromImport', tag, { template, names, withContext });
}

/** Salt's `load_yaml as x … endload` and its siblings. */
function parseLoad(parser: StatementParser, tag: Token): Stmt {
  if (!parser.skipSymbol('as')) parser.failAt(parser.peek(), "expected 'as' and a name");
  const target = parser.needName('the name to load into');
  const body = parser.closedBody(tag, 'endload');
  parser.endTag();
  return build('Load', tag, { format: tag.value.slice('load_'.length), target, body });
}

/** Salt's `import_yaml "file" as x` and its siblings. */
function parseImportData(parser: StatementParser, tag: Token): Stmt {
  const template = parser.parseExpression();
  if (!parser.skipSymbol('as')) parser.failAt(parser.peek(), "expected 'as' and a name");
  const target = parser.needName('the name to import as');
  const withContext = parser.parseContextWords(false);
  parser.endTag();
  return build('ImportData', tag, {
    format: tag.value.slice('import_'.length),
    template,
    target,
    withContext,
  });
}

/** Salt's `profile as label`: timing belongs to whoever runs templates; here it is its body. */
function parseProfile(parser: StatementParser, tag: Token): Stmt {
  if (!parser.skipSymbol('as')) parser.failAt(parser.peek(), "expected 'as' and a label");
  parser.parseExpression();
  const body = parser.closedBody(tag, 'endprofile');
  parser.endTag();
  return body as Stmt;
}

const rules: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['if', (parser, tag) => parser.parseIfAfter(tag)],
  ['for', parseFor],
  ['set', parseSet],
  ['macro', parseMacro],
  ['call', parseCall],
  ['filter', parseFilterBlock],
  ['with', parseWith],
  ['do', parseDo],
  ['print', parsePrint],
  ['break', parseLoopControl],
  ['continue', parseLoopControl],
  ['block', parseBlock],
  ['extends', parseExtends],
  ['include', parseInclude],
  ['import', parseImport],
  ['from', parseFrom],
  ['raw', takeRaw],
  ['load_yaml', parseLoad],
  ['load_json', parseLoad],
  ['load_text', parseLoad],
  ['import_yaml', parseImportData],
  ['import_json', parseImportData],
  ['import_text', parseImportData],
  ['profile', parseProfile],
]);

/** The tags that begin a statement. */
export const tagNames: readonly string[] = [...rules.keys()];
