import type { Value } from '../../core/index.ts';

type Groups = Readonly<Record<string, string | readonly string[]>>;

const operators = new Set(['and', 'or', 'not', '(', ')']);

/**
 * A target as the master takes it: it knows no nodegroups, its clients resolve them. An unknown group is left
 * as it is, so that the master says that nobody matches. A group that holds itself ends there.
 */
export function resolveTarget(
  tgt: Value,
  tgtType: string,
  groups: Groups,
): { readonly tgt: Value; readonly tgtType: string } {
  if (typeof tgt !== 'string') return { tgt, tgtType };
  if (tgtType === 'nodegroup') return { tgt: wordsOf([`N@${tgt}`], groups, new Set()), tgtType: 'compound' };
  if (tgtType !== 'compound' || !tgt.includes('N@')) return { tgt, tgtType };
  return { tgt: wordsOf(tgt.split(/\s+/), groups, new Set()), tgtType };
}

function wordsOf(words: readonly string[], groups: Groups, inside: ReadonlySet<string>): string {
  return words
    .map((word) => (word.startsWith('N@') ? groupOf(word.slice(2), groups, inside) : word))
    .filter((word) => word !== '')
    .join(' ');
}

function groupOf(name: string, groups: Groups, inside: ReadonlySet<string>): string {
  const group = Object.hasOwn(groups, name) ? groups[name] : undefined;
  if (group === undefined || inside.has(name)) return `N@${name}`;
  const words = typeof group === 'string' ? group.split(/\s+/).filter((word) => word !== '') : group;
  return namesOnly(words) ?? `( ${wordsOf(words, groups, new Set([...inside, name]))} )`;
}

/** A group that is nothing but names is a list, or one pattern when it looks like a regular expression. */
function namesOnly(words: readonly string[]): string | undefined {
  if (words.some((word) => operators.has(word) || word.includes('*') || /^[A-Z]@/.test(word)))
    return undefined;
  return `${words.some((word) => /[()[\]{}\\?]/.test(word)) ? 'E' : 'L'}@${words.join(',')}`;
}
