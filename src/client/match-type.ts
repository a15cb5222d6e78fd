import { BrineError, didYouMean } from '../core/index.ts';
import { fnmatch } from '../match/index.ts';

/** How a search text is compared with a tag. */
export type MatchType = 'startswith' | 'endswith' | 'find' | 'regex' | 'fnmatch';

type Test = (tag: string) => boolean;

const makers: { readonly [K in MatchType]: (search: string) => Test } = {
  startswith: (search) => (tag) => tag.startsWith(search),
  endswith: (search) => (tag) => tag.endsWith(search),
  find: (search) => (tag) => tag.includes(search),
  fnmatch: (search) => (tag) => fnmatch(tag, search),
  regex: (search) => {
    const pattern = pythonRegex(`^${search}`);
    if (pattern === null)
      throw new BrineError('BAD_ARGUMENT', `${JSON.stringify(search)} is not a regular expression.`);
    return (tag) => pattern.test(tag);
  },
};

/**
 * The test for tags that a match type and a search text mean. A regex is anchored at the start only.
 * Throws BAD_ARGUMENT for an unknown match type and a broken expression.
 */
export function tagTest(search: string, matchType: MatchType): Test {
  if (Object.hasOwn(makers, matchType)) return makers[matchType](search);
  const near = didYouMean(matchType, Object.keys(makers));
  const hint = near === undefined ? Object.keys(makers).join(', ') : `did you mean ${near}?`;
  throw new BrineError('BAD_ARGUMENT', `${matchType} is not a match type (${hint}).`);
}

/** A regular expression in Python's spelling, or null when it is not one. */
export function pythonRegex(source: string): RegExp | null {
  const translated = source
    .replaceAll(/\\A/g, '^')
    .replaceAll(/\\Z/g, '$')
    .replaceAll('(?P<', '(?<')
    .replaceAll(/\(\?P=(\w+)\)/g, '\\k<$1>');
  try {
    return new RegExp(translated);
  } catch {
    return null;
  }
}
