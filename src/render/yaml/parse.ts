import { CST, type Document, Lexer, type ParsedNode, parseDocument, visit, type YAMLError } from 'yaml';
import type { Problem } from '../../core/index.ts';
import { RenderFailure } from '../types.ts';
import { blockOf, blockText } from './block.ts';

/** Where an offset of the parsed text stands for people. */
export type Locate = (offset: number) => {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly source: string;
};

/** Levels of maps and lists within each other. */
export const depthMax = 200;

export function failure(
  locate: Locate,
  offset: number,
  code: string,
  message: string,
  hint?: string,
): RenderFailure {
  const problem: Problem = { code, severity: 'error', message, ...locate(offset) };
  return new RenderFailure(hint === undefined ? problem : { ...problem, hint });
}

/** The end of a document that has not begun: only blank lines and comments stand before it. */
const endFirst = /^(?:[ \t]*(?:#[^\n]*)?\n)*\.\.\.(?:\s|$)/;

/** A document may be ended more than once, which the parser takes for more documents. */
const moreEnds =
  /\n\.\.\.[ \t]*\n(?:[ \t]*(?:#[^\n]*)?\n)*\.\.\.[ \t]*(?:\n(?:[ \t]*(?:#[^\n]*)?|\.\.\.[ \t]*))*$/;

/** Characters that YAML 1.1 does not allow in a stream, in any place. `mark` is let through. */
const refused = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/**
 * Parses one YAML document into nodes, with PyYAML's stricter rules on top of the parser's own. Throws a
 * RenderFailure for the first thing that is wrong. `mark` is a control character that stands for slots.
 */
export function parseNodes(text: string, locate: Locate, mark?: string): ParsedNode | null {
  for (const found of text.matchAll(refused)) {
    if (found[0] === mark) continue;
    const code = (found[0].codePointAt(0) ?? 0).toString(16).padStart(4, '0');
    throw failure(locate, found.index, 'YAML_CHARACTER', `The character #x${code} is not allowed in YAML.`);
  }
  if (endFirst.test(text))
    throw failure(locate, text.indexOf('...'), 'YAML_SYNTAX', 'A document ends that has not begun.');
  checkTokens(text, locate);
  try {
    const document = parseDocument(text.replace(moreEnds, '\n...\n'), {
      version: '1.1',
      schema: 'failsafe',
      merge: false,
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'error',
    });
    const error = document.errors.find((candidate) => !isHarmless(candidate));
    if (error?.message.includes('call stack') === true) throw tooDeep(locate, 0);
    if (error !== undefined) throw syntaxFailure(error, locate);
    readBlocks(document, text);
    return document.contents;
  } catch (error) {
    if (error instanceof RangeError) throw tooDeep(locate, 0);
    throw error;
  }
}

/** Blank lines behind a block scalar, which the parser leaves out of it. */
const blankLines = /(?: *\r?\n)* *$|(?: *\r?\n)*/y;

/** Block scalars are read here: the parser drops blanks at their ends, and ends them with a line break that is not there. */
function readBlocks(document: Document.Parsed, text: string): void {
  visit(document, {
    Scalar(_key, node) {
      if (node.type?.startsWith('BLOCK') !== true || !node.range || typeof node.value !== 'string') return;
      const [start, end] = node.range;
      blankLines.lastIndex = end;
      const whole = text[end - 1] === '\n' ? end + (blankLines.exec(text)?.[0].length ?? 0) : end;
      const block = blockOf(text.slice(start, whole), node.value);
      if (block === null) return;
      node.value = blockText(block);
      node.range = [start, whole, whole];
    },
  });
}

export function tooDeep(locate: Locate, offset: number): RenderFailure {
  return failure(
    locate,
    offset,
    'YAML_TOO_DEEP',
    `Maps and lists are nested more than ${depthMax} levels deep.`,
  );
}

/** PyYAML takes a `#` right behind a quoted scalar or a bracket for a comment. */
function isHarmless(error: YAMLError): boolean {
  return error.code === 'MISSING_CHAR' && error.message.startsWith('Comments must be separated');
}

function syntaxFailure(error: YAMLError, locate: Locate): RenderFailure {
  const message = error.message.replace(/"?quote$/, '" or \' quote').replace(/\.?$/, '.');
  return failure(locate, error.pos[0], 'YAML_SYNTAX', message, hintFor(error));
}

function hintFor(error: YAMLError): string | undefined {
  if (error.code === 'BLOCK_AS_IMPLICIT_KEY') return 'Quote the value if the colon belongs to it.';
  if (error.code === 'BAD_SCALAR_START') return 'Quote the value.';
  if (error.code === 'MULTILINE_IMPLICIT_KEY') return 'Is a colon missing at the end of this line?';
  return undefined;
}

/** What, standing before blanks, allows a key or an item to follow, so that the blanks are indentation. */
const openers: ReadonlySet<string | null> = new Set([
  'newline',
  'seq-item-ind',
  'explicit-key-ind',
  'doc-mode',
]);

/** Refuses tabs that indent, and brackets deeper than the parser can take. */
function checkTokens(text: string, locate: Locate): void {
  if (!/[\t[{]/.test(text)) return;
  let offset = 0;
  let level = 0;
  let header = '';
  let previous: CST.TokenType | 'content' | null = 'newline';
  for (const token of new Lexer().lex(text)) {
    const type: CST.TokenType | 'content' | null = previous === 'scalar' ? 'content' : CST.tokenType(token);
    if (type === 'flow-map-start' || type === 'flow-seq-start') level += 1;
    else if (type === 'flow-map-end' || type === 'flow-seq-end') level = Math.max(0, level - 1);
    else if (type === 'space' && level === 0 && openers.has(previous)) checkTab(token, offset, locate);
    if (level > depthMax) throw tooDeep(locate, offset);
    // A tab cannot say how deep a block scalar is indented.
    if (type === 'content' && header !== '' && !/\d/.test(header))
      checkTab(/^(?: *\n)* *\t?/.exec(token)?.[0] ?? '', offset, locate);
    if (type === 'block-scalar-header') header = token;
    else if (type === 'content') header = '';
    if (type === 'doc-mode' || type === 'flow-error-end' || type === 'scalar') {
      if (type === 'scalar') previous = type;
      continue;
    }
    offset += token.length;
    previous = token.endsWith('\n') ? 'newline' : type;
  }
}

function checkTab(token: string, offset: number, locate: Locate): void {
  const at = token.indexOf('\t');
  if (at < 0) return;
  const hint = 'Use spaces, or quote the text that holds the tab.';
  throw failure(locate, offset + at, 'YAML_TAB', 'Illegal tab character.', hint);
}
