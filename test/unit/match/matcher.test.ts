import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileGlobs, fnmatch } from '../../../src/match/index.ts';

const word = fc.constantFrom('salt', 'job', 'ret', 'web1', 'web12', 'web', '20240203100010123456', '', '😀');
const tag = fc.array(word, { minLength: 1, maxLength: 7 }).map((words) => words.join('/'));
const glob = fc
  .array(
    fc.oneof(
      word,
      word,
      fc.constantFrom('*', 'web*', '*1', 'w?b1', '[sj]*', '**', '[!s]alt', 'web[0-9]', '[z-a]'),
    ),
    {
      minLength: 1,
      maxLength: 7,
    },
  )
  .map((words) => words.join('/'));

describe('compileGlobs', () => {
  it('finds exactly the globs that match, ascending, whatever the index does', () => {
    fc.assert(
      fc.property(
        fc.array(glob, { maxLength: 60, size: 'max' }),
        fc.array(tag, { maxLength: 10 }),
        (globs, tags) => {
          const matcher = compileGlobs(globs);
          for (const one of [...tags, ...globs]) {
            const expected = globs.flatMap((each, i) => (fnmatch(one, each) ? [i] : []));
            expect([...matcher.match(one)]).toEqual(expected);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('keeps globs apart that differ only in a number', () => {
    const globs = Array.from({ length: 2_000 }, (_, i) => `salt/job/*/ret/web${i}.*`);
    const matcher = compileGlobs(globs);
    expect(matcher.match('salt/job/20240203100010123456/ret/web1234.example.com')).toEqual([1234]);
    expect(matcher.match('salt/job/20240203100010123456/ret/web2000.example.com')).toEqual([]);
  });

  it('answers for every asker of the same glob', () => {
    expect(compileGlobs(['a/*', 'b', 'a/*', 'a/b', 'b']).match('a/b')).toEqual([0, 2, 3]);
    expect(compileGlobs(['a/*', 'b', 'a/*', 'a/b', 'b']).match('b')).toEqual([1, 4]);
    expect(compileGlobs(['a[*]', 'a*']).match('a*')).toEqual([0, 1]);
  });

  it('matches nothing without globs', () => {
    expect(compileGlobs([]).match('a')).toEqual([]);
  });
});
