import { type GlobToken, parseGlob } from './glob.ts';
import { fewMax, narrow } from './narrow.ts';
import type { GlobText, Narrowing, Offer } from './narrowing.ts';
import { type Programs, ProgramsBuilder } from './programs.ts';
import { TagUnits } from './tag-units.ts';

/** Which of many globs match a tag. */
export interface Matcher {
  /** Indexes of the matching globs, ascending. */
  match(tag: string): readonly number[];
}

const nobody: readonly number[] = Object.freeze([]);

/** Compiles globs for matching one tag against all of them. */
export function compileGlobs(globs: readonly string[]): Matcher {
  const askers = new Map<string, number[]>();
  globs.forEach((glob, index) => {
    const known = askers.get(glob);
    if (known === undefined) askers.set(glob, [index]);
    else known.push(index);
  });
  const programs = new ProgramsBuilder(askers.size <= fewMax);
  const texts: GlobText[] = [];
  const groups: (readonly number[])[] = [];
  for (const [glob, indexes] of askers) {
    const tokens = parseGlob(glob);
    const [only = 0] = indexes;
    const owner = indexes.length === 1 ? only : globs.length + groups.push(indexes) - 1;
    texts.push(textOf(programs.add(owner, glob, tokens), tokens));
  }
  const globOf = (owner: number): string => globs[groups[owner - globs.length]?.[0] ?? owner] ?? '';
  return new IndexedMatcher(programs.build(globOf), narrow(texts), { count: globs.length, groups });
}

function textOf(id: number, tokens: readonly GlobToken[]): GlobText {
  const all = tokens.map((token) => (token.kind === 'literal' ? token.text : ''));
  const exact = tokens.every(({ kind }) => kind === 'literal');
  return { id, exact, head: all[0] ?? '', tail: all.at(-1) ?? '', all: all.filter((text) => text !== '') };
}

/** Who asked for the globs: an index, or from `count` on which group of them. */
interface Owners {
  readonly count: number;
  readonly groups: readonly (readonly number[])[];
}

class IndexedMatcher implements Matcher {
  readonly #narrowing: Narrowing;
  readonly #owners: Owners;
  readonly #try: Offer;
  readonly #tag = new TagUnits();
  #matched: readonly number[] | undefined;
  #first = -1;
  readonly #more: number[] = [];

  constructor(programs: Programs, narrowing: Narrowing, owners: Owners) {
    this.#narrowing = narrowing;
    this.#owners = owners;
    this.#try = (program) => {
      if (!programs.matches(program, this.#tag)) return;
      const owner = programs.owner(program);
      if (this.#first < 0) this.#first = owner;
      else this.#more.push(owner);
    };
  }

  match(tag: string): readonly number[] {
    // Asking whether anyone wants an event and then who they are is one look-up.
    if (this.#matched !== undefined && tag === this.#tag.text) return this.#matched;
    this.#tag.take(tag);
    this.#first = -1;
    this.#narrowing.find(this.#tag, this.#try);
    const first = this.#first;
    if (first < 0) this.#matched = nobody;
    else if (this.#more.length > 0) this.#matched = this.#merge(first);
    else this.#matched = this.#askers(first) ?? [first];
    return this.#matched;
  }

  #askers(owner: number): readonly number[] | undefined {
    return owner < this.#owners.count ? undefined : this.#owners.groups[owner - this.#owners.count];
  }

  #merge(first: number): readonly number[] {
    // A glob may have been offered twice.
    const all = new Set<number>();
    for (const owner of [first, ...this.#more]) {
      const askers = this.#askers(owner);
      if (askers === undefined) all.add(owner);
      else for (const asker of askers) all.add(asker);
    }
    this.#more.length = 0;
    return [...all].sort(ascending);
  }
}

function ascending(a: number, b: number): number {
  return a - b;
}
