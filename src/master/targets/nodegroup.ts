import { BrineError, didYouMean } from '../../core/index.ts';
import { hasGlob } from './glob.ts';

export type NodeGroups = Readonly<Record<string, string | readonly string[]>>;

/**
 * The words of a node group with the groups inside it put in place, in parentheses. Throws BAD_ARGUMENT when
 * the group does not exist or contains itself.
 */
export function expandNodeGroup(name: string, groups: NodeGroups, inside: readonly string[] = []): string[] {
  const definition = Object.hasOwn(groups, name) ? groups[name] : undefined;
  if (definition === undefined) {
    const near = didYouMean(name, Object.keys(groups));
    const hint = near === undefined ? '' : ` Did you mean ${near}?`;
    throw new BrineError('BAD_ARGUMENT', `There is no node group ${name}.${hint}`);
  }
  if (inside.includes(name)) throw new BrineError('BAD_ARGUMENT', `The node group ${name} contains itself.`);
  const words = wordsOf(definition).flatMap((word) =>
    word.startsWith('N@') ? expandNodeGroup(word.slice(2), groups, [...inside, name]) : [word],
  );
  return ['(', ...words, ')'];
}

/** A group that only names minions is a list of them. */
function wordsOf(definition: string | readonly string[]): string[] {
  const words = typeof definition === 'string' ? definition.split(/\s+/).filter(Boolean) : [...definition];
  if (!words.every(isBareName)) return words;
  const names = words.flatMap((word) => word.split(',')).filter(Boolean);
  return names.length === 0 ? words : [`L@${names.join(',')}`];
}

function isBareName(word: string): boolean {
  return !['and', 'or', 'not', '(', ')'].includes(word) && !word.includes('@') && !hasGlob(word);
}
