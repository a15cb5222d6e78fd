import { Minimatch } from 'minimatch';
import { type CodeRange, type GlobToken, parseGlob } from './glob.ts';

const options = {
  dot: true,
  nobrace: true,
  noext: true,
  noglobstar: true,
  nocomment: true,
  nonegate: true,
  platform: 'linux',
} as const;

/** Keeps minimatch's rules for the start of a name (dots, `#`, `!`, "not empty") away from the glob. */
const sentinel = 'x';
/** What minimatch writes for `*`. No `/` of a glob reaches minimatch, so this can be nothing else. */
const minimatchStar = '[^/]*?';
const minimatchAny = '[^/]';
/** Escapes that the `u` flag refuses; the first part steps over the others. */
const unneededEscape = /(\\[^\s,#!])|\\([\s,#!])/gu;
const keptPair = '$1$2';
const neverMatches = /[^\s\S]/;
const firstStandIn = 0xe000;
const astral = 0x10000;

/**
 * Compiles a glob, given as its elements too, with Python's fnmatch meaning. minimatch parses and compiles
 * it; what it would treat specially is escaped or stands aside as a private character until it has done so.
 * Throws a TypeError for globs of more than about 32,000 characters.
 */
export function compileGlob(glob: string, tokens: readonly GlobToken[] = parseGlob(glob)): RegExp {
  if (tokens.some((token) => token.kind === 'never')) return neverMatches;
  const standIns = new StandIns(glob);
  const translated = sentinel + tokens.map((token) => translate(token, standIns)).join('');
  const part = new Minimatch(translated, options).set[0]?.[0];
  // Without anything to match with, minimatch gives the text that must be equal.
  const source = part instanceof RegExp ? part.source : `^${escapeText(String(part))}$`;
  return finish(source, standIns);
}

function escapeText(text: string): string {
  return text.replace(/[\^$\\.*+?()[\]{}|/]/g, '\\$&');
}

/** minimatch's expression with the stand-ins put back, separators crossed, whole code points, no backtracking. */
function finish(source: string, standIns: StandIns): RegExp {
  const body = source.slice(1 + sentinel.length, -1);
  const runs = body
    .split(minimatchStar)
    .map((run) => run.replaceAll(minimatchAny, '[^]').replace(unneededEscape, keptPair))
    .map((run) => standIns.putBack(run));
  const [head = '', ...rest] = runs;
  // A run between two stars may be taken where it first fits; a group that is never re-entered says so,
  // and keeps `*a*a*a*b` from trying every division of a long tag.
  const tail = rest.map((run, i) => (i === rest.length - 1 ? `[^]*?${run}` : `(?=([^]*?${run}))\\${i + 1}`));
  return new RegExp(`^${head}${tail.join('')}$`, 'u');
}

function translate(token: GlobToken, standIns: StandIns): string {
  switch (token.kind) {
    case 'literal':
      return Array.from(token.text, (char) => literal(char, standIns)).join('');
    case 'star':
      return '*';
    case 'any':
      return '?';
    case 'set':
      return translateSet(token.negated, token.ranges, standIns);
    case 'never':
      return '';
  }
}

function literal(char: string, standIns: StandIns): string {
  if (char === '/') return standIns.slash();
  // The rest minimatch escapes by itself, and would not if it came escaped.
  return /[().*{}+?[\]^$\\!-]/.test(char) ? `\\${char}` : char;
}

function translateSet(negated: boolean, ranges: readonly CodeRange[], standIns: StandIns): string {
  const parts = ranges.flatMap(splitRange).map(([first, last]) => {
    const from = String.fromCodePoint(first);
    if (first === last) return literal(from, standIns);
    const to = String.fromCodePoint(last);
    // minimatch compares the ends of a range as 16-bit units.
    if (first >= astral) return `${standIns.of(from)}-${standIns.of(to)}`;
    return `${literal(from, standIns)}-${literal(to, standIns)}`;
  });
  const unique = new Set(parts);
  // A `^` in front would negate the set.
  const ordered = unique.delete('\\^') ? [...unique, '\\^'] : [...unique];
  return `[${negated ? '!' : ''}${ordered.join('')}]`;
}

/** Cuts a range around the characters that cannot be an end or a member of a range in minimatch. */
function splitRange([first, last]: CodeRange): CodeRange[] {
  const pieces: CodeRange[] = [];
  let from = first;
  for (const apart of [0x2f, 0x5e]) {
    if (apart < from || apart > last) continue;
    if (apart > from) pieces.push([from, apart - 1]);
    pieces.push([apart, apart]);
    from = apart + 1;
  }
  if (from < astral && last >= astral) {
    pieces.push([from, astral - 1]);
    from = astral;
  }
  if (from <= last) pieces.push([from, last]);
  return pieces;
}

/** Private characters that stand for others while minimatch works; none of them occurs in the glob. */
class StandIns {
  readonly #glob: string;
  readonly #meaning = new Map<string, string>();
  #slash: string | undefined;
  #next = firstStandIn;

  constructor(glob: string) {
    this.#glob = glob;
  }

  slash(): string {
    this.#slash ??= this.of('\\/');
    return this.#slash;
  }

  /** A new one that is greater than all before it, so that two make a range. */
  of(meaning: string): string {
    while (this.#glob.includes(String.fromCharCode(this.#next))) this.#next += 1;
    const standIn = String.fromCharCode(this.#next);
    this.#next += 1;
    this.#meaning.set(standIn, meaning);
    return standIn;
  }

  putBack(source: string): string {
    let text = source;
    for (const [standIn, meaning] of this.#meaning) text = text.replaceAll(standIn, meaning);
    return text;
  }
}
