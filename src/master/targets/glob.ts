/**
 * Globs over names, by Python's fnmatch rules: `*`, `?`, `[set]`, `[!set]`, everything else is itself, and
 * the whole name must match. Runs in linear space and without backtracking blow-up, because targets may
 * hold data that an operator did not write.
 */
type Piece =
  | { readonly kind: 'star' }
  | { readonly kind: 'any' }
  | { readonly kind: 'one'; readonly char: string }
  | {
      readonly kind: 'set';
      readonly negated: boolean;
      readonly ranges: readonly (readonly [string, string])[];
    };

/** A test for names of one glob. */
export function globTest(glob: string): (name: string) => boolean {
  if (!/[*?[]/.test(glob)) return (name) => name === glob;
  const pieces = parse(glob);
  return (name) => matches(pieces, Array.from(name));
}

export function hasGlob(text: string): boolean {
  return /[*?[]/.test(text);
}

function parse(glob: string): Piece[] {
  const chars = Array.from(glob);
  const pieces: Piece[] = [];
  for (let i = 0; i < chars.length; i += 1) {
    const char = chars[i] ?? '';
    if (char === '*') {
      if (pieces.at(-1)?.kind !== 'star') pieces.push({ kind: 'star' });
    } else if (char === '?') pieces.push({ kind: 'any' });
    else if (char === '[') {
      const end = setEnd(chars, i);
      if (end < 0) pieces.push({ kind: 'one', char });
      else {
        pieces.push(parseSet(chars.slice(i + 1, end)));
        i = end;
      }
    } else pieces.push({ kind: 'one', char });
  }
  return pieces;
}

/** Where the set that opens at `open` closes; a `]` in first place belongs to it. −1: it never closes. */
function setEnd(chars: readonly string[], open: number): number {
  let from = open + 1;
  if (chars[from] === '!') from += 1;
  if (chars[from] === ']') from += 1;
  return chars.indexOf(']', from);
}

function parseSet(body: readonly string[]): Piece {
  const negated = body[0] === '!';
  const chars = negated ? body.slice(1) : body;
  const ranges: [string, string][] = [];
  for (let i = 0; i < chars.length; i += 1) {
    const low = chars[i] ?? '';
    if (chars[i + 1] === '-' && i + 2 < chars.length) {
      ranges.push([low, chars[i + 2] ?? '']);
      i += 2;
    } else ranges.push([low, low]);
  }
  return { kind: 'set', negated, ranges };
}

/** Greedy match that remembers only the last star: enough for globs, and at most quadratic. */
function matches(pieces: readonly Piece[], name: readonly string[]): boolean {
  let piece = 0;
  let at = 0;
  let star = -1;
  let starAt = 0;
  while (at < name.length) {
    const current = pieces[piece];
    if (current?.kind === 'star') {
      star = piece;
      starAt = at;
      piece += 1;
    } else if (current !== undefined && accepts(current, name[at] ?? '')) {
      piece += 1;
      at += 1;
    } else if (star >= 0) {
      starAt += 1;
      at = starAt;
      piece = star + 1;
    } else return false;
  }
  while (pieces[piece]?.kind === 'star') piece += 1;
  return piece === pieces.length;
}

function accepts(piece: Piece, char: string): boolean {
  switch (piece.kind) {
    case 'any':
      return true;
    case 'one':
      return piece.char === char;
    case 'set':
      return piece.ranges.some(([low, high]) => inRange(char, low, high)) !== piece.negated;
    case 'star':
      return false;
  }
}

function inRange(char: string, low: string, high: string): boolean {
  const code = char.codePointAt(0) ?? 0;
  return code >= (low.codePointAt(0) ?? 0) && code <= (high.codePointAt(0) ?? 0);
}
