import { compileGlob } from './compile.ts';
import { parseGlob } from './glob.ts';
import { GramIndex } from './gram-index.ts';

/** Which of many globs match a tag. */
export interface Matcher {
  /** Indexes of the matching globs, ascending. */
  match(tag: string): readonly number[];
}

/** One glob that is not plain text, with everyone who asked for it. */
interface Entry {
  readonly glob: string;
  /** Compiled when a tag first comes near it: most of many globs wait long for theirs. */
  pattern: RegExp | undefined;
  readonly head: string;
  readonly tail: string;
  readonly askers: readonly number[];
}

const lookUpMax = 0xffff_ffff;
const none: readonly number[] = Object.freeze([]);

/** Compiles globs for matching one tag against all of them. */
export function compileGlobs(globs: readonly string[]): Matcher {
  const askers = new Map<string, number[]>();
  globs.forEach((glob, index) => {
    const known = askers.get(glob);
    if (known === undefined) askers.set(glob, [index]);
    else known.push(index);
  });
  const exact = new Map<string, number[]>();
  const entries: Entry[] = [];
  const literals: string[][] = [];
  for (const [glob, indexes] of askers) {
    const tokens = parseGlob(glob);
    const texts = tokens.map((token) => (token.kind === 'literal' ? token.text : ''));
    const [head = ''] = texts;
    if (texts.length < 2 && tokens.every((token) => token.kind === 'literal')) {
      exact.set(head, [...(exact.get(head) ?? []), ...indexes].sort(ascending));
      continue;
    }
    entries.push({ glob, pattern: undefined, head, tail: texts.at(-1) ?? '', askers: indexes });
    literals.push(texts.filter((text) => text !== ''));
  }
  return new IndexedMatcher(exact, entries, new GramIndex(literals));
}

class IndexedMatcher implements Matcher {
  readonly #exact: ReadonlyMap<string, readonly number[]>;
  readonly #entries: readonly Entry[];
  readonly #index: GramIndex;
  /** The look-up that last tried an entry, so that an entry offered twice is tried once. */
  readonly #triedIn: Uint32Array;
  readonly #offer: (globs: readonly number[]) => void;
  #lookUp = 0;
  #tag: string | undefined;
  #found: readonly number[] = none;

  constructor(exact: ReadonlyMap<string, readonly number[]>, entries: readonly Entry[], index: GramIndex) {
    this.#exact = exact;
    this.#entries = entries;
    this.#index = index;
    this.#triedIn = new Uint32Array(entries.length);
    this.#offer = (globs) => this.#try(globs);
  }

  match(tag: string): readonly number[] {
    // Asking whether anyone wants an event and then who they are is one look-up.
    if (tag === this.#tag) return this.#found;
    this.#tag = tag;
    this.#found = this.#exact.get(tag) ?? none;
    this.#lookUp += 1;
    if (this.#lookUp > lookUpMax) {
      this.#triedIn.fill(0);
      this.#lookUp = 1;
    }
    this.#index.find(tag, this.#offer);
    return this.#found;
  }

  #try(globs: readonly number[]): void {
    const tag = this.#tag ?? '';
    for (const glob of globs) {
      const entry = this.#entries[glob];
      if (entry === undefined || this.#triedIn[glob] === this.#lookUp) continue;
      this.#triedIn[glob] = this.#lookUp;
      if (!tag.startsWith(entry.head) || !tag.endsWith(entry.tail)) continue;
      entry.pattern ??= compileGlob(entry.glob);
      if (!entry.pattern.test(tag)) continue;
      this.#found = this.#found === none ? entry.askers : [...this.#found, ...entry.askers].sort(ascending);
    }
  }
}

function ascending(a: number, b: number): number {
  return a - b;
}
