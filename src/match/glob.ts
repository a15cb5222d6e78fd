/** One element of a glob, as Python's fnmatch reads it. */
export type GlobToken =
  | { readonly kind: 'literal'; readonly text: string }
  /** Any run of characters. */
  | { readonly kind: 'star' }
  /** Exactly one character. */
  | { readonly kind: 'any' }
  | { readonly kind: 'set'; readonly negated: boolean; readonly ranges: readonly CodeRange[] }
  /** Nothing at all: a set whose ranges are all reversed. */
  | { readonly kind: 'never' };

/** First and last code point, both included. */
export type CodeRange = readonly [first: number, last: number];

/** Splits a glob into its elements. Every text is a glob: what does not close stands for itself. */
export function parseGlob(glob: string): GlobToken[] {
  const chars = Array.from(glob);
  const tokens: GlobToken[] = [];
  let at = 0;
  while (at < chars.length) {
    const char = chars[at] ?? '';
    at += 1;
    const end = char === '[' ? setEnd(chars, at) : -1;
    if (end >= 0) {
      addToken(tokens, setToken(chars.slice(at, end)));
      at = end + 1;
    } else if (char === '*') addToken(tokens, { kind: 'star' });
    else if (char === '?') tokens.push({ kind: 'any' });
    else addToken(tokens, { kind: 'literal', text: char });
  }
  return tokens;
}

function addToken(tokens: GlobToken[], token: GlobToken): void {
  const before = tokens.at(-1);
  if (token.kind === 'star' && before?.kind === 'star') return;
  if (token.kind === 'literal' && before?.kind === 'literal') {
    tokens[tokens.length - 1] = { kind: 'literal', text: before.text + token.text };
  } else tokens.push(token);
}

/** Where the `]` of a set is, or -1. A `]` right after `[` or `[!` belongs to the set. */
function setEnd(chars: readonly string[], start: number): number {
  let at = start;
  if (chars[at] === '!') at += 1;
  if (chars[at] === ']') at += 1;
  return chars.indexOf(']', at);
}

/**
 * Reads the inside of a set. Python cuts it at the hyphens that can make a range, removes the ranges that
 * run backwards, and only then looks for `!` in front: `[z-a!b]` is a negated set.
 */
function setToken(inside: readonly string[]): GlobToken {
  const chunks = dropReversed(cutAtRangeHyphens(inside));
  const negated = chunks[0]?.[0] === '!';
  if (negated) chunks[0] = (chunks[0] ?? []).slice(1);
  const ranges: CodeRange[] = [];
  let open: number | undefined;
  for (const [index, chunk] of chunks.entries()) {
    const codes = chunk.map((char) => char.codePointAt(0) ?? 0);
    if (open !== undefined) ranges.push([open, codes.shift() ?? open]);
    open = index < chunks.length - 1 ? codes.pop() : undefined;
    for (const code of codes) ranges.push([code, code]);
  }
  if (ranges.length === 0) return { kind: negated ? 'any' : 'never' };
  const codes = new Set(ranges.flat());
  if (codes.size === 1 && !negated) return { kind: 'literal', text: String.fromCodePoint(...codes) };
  return { kind: 'set', negated, ranges };
}

/** The parts between hyphens; a range reaches from the last character of one to the first of the next. */
function cutAtRangeHyphens(inside: readonly string[]): string[][] {
  const chunks: string[][] = [];
  let start = 0;
  let at = inside.indexOf('-', inside[0] === '!' ? 2 : 1);
  while (at >= 0) {
    chunks.push(inside.slice(start, at));
    start = at + 1;
    at = inside.indexOf('-', at + 3);
  }
  const rest = inside.slice(start);
  if (rest.length > 0 || chunks.length === 0) chunks.push(rest);
  else chunks.at(-1)?.push('-');
  return chunks;
}

function dropReversed(chunks: string[][]): string[][] {
  for (let k = chunks.length - 1; k > 0; k -= 1) {
    const left = chunks[k - 1] ?? [];
    const right = chunks[k] ?? [];
    const from = left.at(-1)?.codePointAt(0) ?? 0;
    const to = right[0]?.codePointAt(0) ?? 0;
    if (from > to) chunks.splice(k - 1, 2, [...left.slice(0, -1), ...right.slice(1)]);
  }
  return chunks;
}
