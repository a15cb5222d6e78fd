import { fnmatch, globsOverlap } from '../../match/index.ts';

/** The tags that somebody may read or send: a union of globs. */
export interface TagScope {
  readonly globs: readonly string[];
  readonly everything: boolean;
  readonly allows: (tag: string) => boolean;
  /** What all allowed tags begin with, for whoever filters early; empty when that says nothing. */
  readonly prefixes: readonly string[];
}

/** The scope of a list of globs; an empty list allows nothing. */
export function tagScope(globs: readonly string[]): TagScope {
  const everything = globs.includes('*');
  return {
    globs: [...globs],
    everything,
    allows: (tag) => everything || globs.some((glob) => fnmatch(tag, glob)),
    prefixes: everything ? [] : commonPrefixes(globs),
  };
}

/**
 * A wish for tags as clients give it: a prefix, or a glob when it holds one of `*?[`. No wish means all.
 */
export function wishedScope(wishes: readonly string[]): TagScope {
  return tagScope(wishes.length === 0 ? ['*'] : wishes.map(asGlob));
}

/** The tags that both scopes allow. */
export function narrowed(a: TagScope, b: TagScope): TagScope {
  if (a.everything) return b;
  if (b.everything) return a;
  const globs = a.globs.filter((glob) => b.globs.some((other) => globsOverlap(glob, other)));
  return {
    globs,
    everything: false,
    allows: (tag) => a.allows(tag) && b.allows(tag),
    prefixes: commonPrefixes(b.globs),
  };
}

function asGlob(wish: string): string {
  return /[*?[]/.test(wish) ? wish : `${wish}*`;
}

/** The literal beginnings of globs; none at all when one of them may begin with anything. */
function commonPrefixes(globs: readonly string[]): string[] {
  const prefixes = globs.map((glob) => /^[^*?[]*/.exec(glob)?.[0] ?? '');
  return prefixes.includes('') ? [] : [...new Set(prefixes)];
}
