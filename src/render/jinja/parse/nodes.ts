import type { Token } from 'nunjucks/src/lexer.js';
import { build, type Expr, type Stmt } from './ast.ts';
import { shown } from './expressions.ts';

/** What the parser of statements offers to the text between tags. */
export interface NodesParser {
  dropLeadingWhitespace: boolean;
  peekToken(): Token | null;
  nextToken(): Token | null;
  take(): Token;
  parseStatement(): Stmt | null;
  parseTuple(): Expr;
  failAt(at: Token, message: string): never;
}

/** Text, comments, `{{ … }}` and statements, up to a tag that ends the body around. */
export function takeNodes(parser: NodesParser): Stmt[] {
  const nodes: Stmt[] = [];
  for (let token = parser.nextToken(); token !== null; token = parser.nextToken()) {
    const { type } = token;
    if (type === 'data') nodes.push(takeText(parser, token));
    else if (type === 'variable-start') nodes.push(takeOutput(parser, token));
    else if (type === 'comment') parser.dropLeadingWhitespace = token.value.endsWith('-#}');
    else if (type === 'block-start') {
      parser.dropLeadingWhitespace = false;
      const statement = parser.parseStatement();
      if (statement === null) return nodes;
      nodes.push(statement);
    } else parser.failAt(token, `unexpected ${token.value} in text`);
  }
  return nodes;
}

/** Text without the blanks that a `-` of the tag before or behind it takes away. */
function takeText(parser: NodesParser, token: Token): Stmt {
  let { value } = token;
  if (parser.dropLeadingWhitespace) value = value.trimStart();
  parser.dropLeadingWhitespace = false;
  if (/^\{[%{#]-/.test(parser.peekToken()?.value ?? '')) value = value.trimEnd();
  return build('TemplateData', token, { value });
}

/** `{{ a }}`; without parentheses, `{{ a, b }}` is a tuple. */
function takeOutput(parser: NodesParser, token: Token): Stmt {
  const value = parser.parseTuple();
  const end = parser.take();
  if (end.type !== 'variable-end')
    return parser.failAt(end, `expected the end of the expression, got ${shown(end)}`);
  parser.dropLeadingWhitespace = end.value.startsWith('-');
  return build('Output', token, { children: [value] });
}
