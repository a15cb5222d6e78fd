import type { Problem } from '../../../core/index.ts';
import { RenderFailure, type Source } from '../../types.ts';
import type { Expr, Node } from './ast.ts';
import { shown } from './expressions.ts';
import { JinjaLexer, LexError } from './lexer.ts';
import { problemAt } from './place.ts';
import { StatementParser } from './statements.ts';

export * from './ast.ts';
export * from './place.ts';

/**
 * The tree of a template, which does without its last line break, as in Jinja. Throws a RenderFailure with the
 * place of what is wrong.
 */
export function parseTemplate(source: Source): Node<'Root'> {
  const text = source.text.replace(/(?:\r\n|\r|\n)$/, '');
  return parsing({ ...source, text }, (lexer) => new StatementParser(lexer).parseBodyOfRoot());
}

/** The tree of an expression that stands alone, without `{{ }}`. */
export function parseExpressionText(source: Source): Expr {
  return parsing(source, (lexer) => {
    lexer.startInCode();
    const parser = new StatementParser(lexer);
    const node = parser.parseTuple();
    const rest = parser.peek();
    if (rest.type !== 'end of template') parser.failAt(rest, `unexpected ${shown(rest)}`);
    return node;
  });
}

function parsing<T>(source: Source, step: (lexer: JinjaLexer) => T): T {
  const lexer = new JinjaLexer(source.text.replace(/\r\n?/g, '\n'));
  try {
    return step(lexer);
  } catch (error) {
    if (error instanceof RangeError) throw new RenderFailure(tooDeep(source));
    if (error instanceof LexError) throw new RenderFailure(syntaxProblem(source, error.message, error.at));
    const at = placeOfParserError(error, source);
    if (at === undefined || !(error instanceof Error)) throw error;
    throw new RenderFailure(syntaxProblem(source, error.message, at));
  }
}

/** nunjucks' parser errors count from 1 and hang their place on the error; behind the last token they have none. */
function placeOfParserError(error: unknown, source: Source): { lineno: number; colno: number } | undefined {
  const { name, lineno, colno } = error as { name?: unknown; lineno?: unknown; colno?: unknown };
  if (typeof lineno === 'number' && typeof colno === 'number')
    return { lineno: lineno - 1, colno: colno - 1 };
  if (name !== 'Template render error') return undefined;
  const lines = source.text.trimEnd().split(/\r\n?|\n/);
  return { lineno: lines.length - 1, colno: lines.at(-1)?.length ?? 0 };
}

/** For what overflows the stack of the parser or the compiler. */
export function tooDeep(source: Source): Problem {
  return syntaxProblem(source, 'the template is nested too deeply', { lineno: 0, colno: 0 });
}

function syntaxProblem(source: Source, message: string, at: { lineno: number; colno: number }): Problem {
  return problemAt(source, at, 'TEMPLATE_SYNTAX', message);
}
