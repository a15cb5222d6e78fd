import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { narrowed, tagScope, wishedScope } from '../../../src/http/users/tag-scope.ts';
import { fnmatch } from '../../../src/match/index.ts';

const piece = fc.constantFrom('salt', 'job', 'a', 'b', '*', '?', '[ab]', '[!a]', '/');
const glob = fc.array(piece, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(''));
const tag = fc
  .array(fc.constantFrom('salt', 'job', 'a', 'b', 'c', '/'), { minLength: 1, maxLength: 6 })
  .map((parts) => parts.join(''));

describe('scopes of tags', () => {
  it('allow what one of their globs matches, and an empty one nothing', () => {
    expect(tagScope([]).allows('a')).toBe(false);
    fc.assert(
      fc.property(fc.array(glob), tag, (globs, one) => {
        expect(tagScope(globs).allows(one)).toBe(globs.some((pattern) => fnmatch(one, pattern)));
      }),
    );
  });

  it('never let a wish see more than the caller may read', () => {
    fc.assert(
      fc.property(fc.array(glob), fc.array(glob), tag, (mine, wishes, one) => {
        const scope = narrowed(tagScope(mine), wishedScope(wishes));
        if (scope.allows(one)) expect(mine.some((pattern) => fnmatch(one, pattern))).toBe(true);
        expect(scope.allows(one)).toBe(tagScope(mine).allows(one) && wishedScope(wishes).allows(one));
        expect(scope.everything && !mine.includes('*')).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it('have prefixes that hide no allowed tag', () => {
    fc.assert(
      fc.property(fc.array(glob), tag, (globs, one) => {
        const { prefixes, allows } = tagScope(globs);
        if (allows(one) && prefixes.length > 0)
          expect(prefixes.some((prefix) => one.startsWith(prefix))).toBe(true);
      }),
    );
  });

  it('read a wish as a prefix unless it is a glob', () => {
    expect(wishedScope(['salt/job']).allows('salt/job/1/new')).toBe(true);
    expect(wishedScope(['salt/job']).allows('x/salt/job')).toBe(false);
    expect(wishedScope(['*/new']).allows('salt/job/1/new')).toBe(true);
    expect(wishedScope([]).everything).toBe(true);
  });
});
