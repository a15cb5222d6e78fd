import { BrineError } from '../../core/index.ts';

/** An engine letter, its delimiter and what it looks for: one word of a compound target. */
export interface CompoundTerm {
  readonly kind: 'term';
  /** `''` is a glob. */
  readonly engine: string;
  readonly delimiter: string;
  readonly pattern: string;
}

export type CompoundNode =
  | CompoundTerm
  | { readonly kind: 'not'; readonly inner: CompoundNode }
  | { readonly kind: 'and' | 'or'; readonly left: CompoundNode; readonly right: CompoundNode };

const wordGrammar = /^(?:([GPIJ])(\S)?|([LNSER]))@(.+)$/su;

/**
 * Parses a compound target: terms joined by `and`, `or`, `not` and parentheses, each a word of its own.
 * `not` binds closest, then `and`; `a not b` means `a and not b`. Throws BAD_ARGUMENT.
 */
export function parseCompound(target: string | readonly string[]): CompoundNode {
  const words = typeof target === 'string' ? target.split(/\s+/).filter((word) => word !== '') : [...target];
  if (words.length > wordsMax)
    throw new BrineError('BAD_ARGUMENT', `A compound target may have ${wordsMax} words.`);
  const cursor: Cursor = { words, at: 0 };
  const node = parseOr(cursor);
  if (cursor.at < words.length) throw fault(`"${words[cursor.at]}" stands where and, or, not belong`);
  return node;
}

/** Words that a compound target may have; parentheses nest no deeper than that. */
const wordsMax = 1000;

interface Cursor {
  readonly words: readonly string[];
  at: number;
}

function parseOr(cursor: Cursor): CompoundNode {
  let left = parseAnd(cursor);
  while (cursor.words[cursor.at] === 'or') {
    cursor.at += 1;
    left = { kind: 'or', left, right: parseAnd(cursor) };
  }
  return left;
}

function parseAnd(cursor: Cursor): CompoundNode {
  let left = parseNot(cursor);
  for (;;) {
    const word = cursor.words[cursor.at];
    if (word === 'and') cursor.at += 1;
    else if (word !== 'not') return left;
    left = { kind: 'and', left, right: parseNot(cursor) };
  }
}

function parseNot(cursor: Cursor): CompoundNode {
  if (cursor.words[cursor.at] !== 'not') return parseTerm(cursor);
  cursor.at += 1;
  return { kind: 'not', inner: parseNot(cursor) };
}

function parseTerm(cursor: Cursor): CompoundNode {
  const word = cursor.words[cursor.at];
  if (word === undefined) throw fault('it ends where a term belongs');
  cursor.at += 1;
  if (word === '(') {
    const inner = parseOr(cursor);
    if (cursor.words[cursor.at] !== ')') throw fault('a parenthesis is not closed');
    cursor.at += 1;
    return inner;
  }
  if (word === 'and' || word === 'or' || word === ')') throw fault(`"${word}" stands where a term belongs`);
  return termOf(word);
}

/** One word: `G|@os|Debian` is engine G with the delimiter `|`; anything without an engine is a glob. */
export function termOf(word: string): CompoundTerm {
  const match = wordGrammar.exec(word);
  if (match === null) return { kind: 'term', engine: '', delimiter: ':', pattern: word };
  const [, data, delimiter, name, pattern] = match;
  return { kind: 'term', engine: data ?? name ?? '', delimiter: delimiter ?? ':', pattern: pattern ?? '' };
}

function fault(what: string): BrineError {
  return new BrineError('BAD_ARGUMENT', `The compound target is not valid: ${what}.`);
}
