import type { Token } from 'nunjucks/src/lexer.js';
import { build, type Stmt } from './ast.ts';
import type { StatementParser } from './statements.ts';

const endRaw = /\{%([-+]?)\s*endraw\s*([-+]?)%\}/g;

/** Everything up to `endraw`, as it stands; the tokens' own text is read because nothing in it is a token. */
export function takeRaw(parser: StatementParser, tag: Token): Stmt {
  parser.endTag();
  const { tokens } = parser;
  endRaw.lastIndex = tokens.index;
  const end = endRaw.exec(tokens.str);
  if (end === null) return parser.failAt(tag, "'raw' is never closed: expected 'endraw' before the end");
  let value = tokens.str.slice(tokens.index, end.index);
  if (parser.dropLeadingWhitespace) value = value.trimStart();
  if (end[1] === '-') value = value.trimEnd();
  tokens.forwardN(end.index + end[0].length - tokens.index);
  parser.dropLeadingWhitespace = end[2] === '-';
  return build('TemplateData', tag, { value });
}
