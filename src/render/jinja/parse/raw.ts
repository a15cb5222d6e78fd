import type { Token, Tokenizer } from 'nunjucks/src/lexer.js';
import { build, type Stmt } from './ast.ts';

const endRaw = /\{%([-+]?)\s*endraw\s*([-+]?)%\}/g;

/** What the parser of statements offers to this tag. */
export interface RawParser {
  readonly tokens: Tokenizer;
  dropLeadingWhitespace: boolean;
  endTag(): void;
  failAt(tag: Token, message: string): never;
}

/** Everything up to `endraw`, as it stands; the tokens' own text is read because nothing in it is a token. */
export function takeRaw(parser: RawParser, tag: Token): Stmt {
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
