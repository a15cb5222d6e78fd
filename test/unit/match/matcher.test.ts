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

  it('decides odd globs among many as minimatch does', () => {
    // Sets, halves of characters and what means something elsewhere; so many that each is a program of its own.
    const piece = fc.constantFrom(
      ...Array.from('ab/*?[]!^-\\{}().'),
      '/a/',
      '[a-c]',
      '[!a]',
      '[z-a]',
      '*/ab/*',
      'abcdefg',
      '😀',
      '[😀-😂]',
      '\ud83d',
      '\ude00',
    );
    const text = (maxLength: number): fc.Arbitrary<string> => fc.string({ unit: piece, maxLength });
    const pair = fc
      .tuple(
        text(7),
        fc.constantFrom('', 'a', '/', 'b/a', '😀', 'abcdefg'),
        fc.constantFrom('a', 'b', '/', '😀'),
      )
      .map(([each, run, one]) => ({
        glob: each,
        tag: each.replaceAll('*', run).replace(/\?|\[[^]*?\]/g, one),
      }));
    fc.assert(
      fc.property(fc.array(pair, { minLength: 20, maxLength: 40 }), (pairs) => {
        const globs = pairs.map((each) => each.glob);
        const matcher = compileGlobs(globs);
        for (const { tag: one } of pairs) {
          const expected = globs.flatMap((each, i) => (fnmatch(one, each) ? [i] : []));
          expect([...matcher.match(one)], JSON.stringify([one, globs])).toEqual(expected);
        }
      }),
      { numRuns: 60 },
    );
  }, 30_000);

  it('finds globs that only a long or a short piece tells apart, and those that nothing does', () => {
    const alike = Array.from({ length: 40 }, (_, i) => `*common-beginning-${'x'.repeat(i % 20)}${i}[0-9]*`);
    const globs = [
      ...alike,
      ...Array.from({ length: 20 }, (_, i) => `*[a-c]${i % 10}?${i}*`),
      '*',
      '?*',
      '*a?*',
    ];
    const matcher = compileGlobs(globs);
    const tags = ['common-beginning-xxxxx257', 'a/common-beginning-0', 'a1b1/', 'c9', '', 'ab', 'common'];
    for (const one of [...tags, ...globs]) {
      const expected = globs.flatMap((each, i) => (fnmatch(one, each) ? [i] : []));
      expect([...matcher.match(one)], one).toEqual(expected);
    }
  });

  it('keeps globs apart that differ only in a number', () => {
    const globs = Array.from({ length: 2_000 }, (_, i) => `salt/job/*/ret/web${i}.*`);
    const matcher = compileGlobs(globs);
    expect(matcher.match('salt/job/20240203100010123456/ret/web1234.example.com')).toEqual([1234]);
    expect(matcher.match('salt/job/20240203100010123456/ret/web2000.example.com')).toEqual([]);
  });

  it('finds globs by what a segment begins with, whatever its length, and beside those that begin alike', () => {
    const globs = Array.from({ length: 60 }, (_, i) => [
      `salt/job/*/ret/${'d'.repeat(i % 15)}b${i}*`,
      `salt/job/*/ret/${i % 3}x*[0-9]${i}*`,
    ]).flat();
    const matcher = compileGlobs(globs);
    for (const end of ['b0', 'db1', 'db17', 'ddb2/b30', 'dddddddddddddb14x', '1x23458', 'x/2x07']) {
      const one = `salt/job/1/ret/${end}`;
      const expected = globs.flatMap((each, i) => (fnmatch(one, each) ? [i] : []));
      expect([...matcher.match(one)], one).toEqual(expected);
    }
  });

  it('decides globs that a program of bytes cannot say: long ones, other alphabets, more sets than a byte has', () => {
    const sets = Array.from(
      { length: 200 },
      (_, i) => `s${i}[${String.fromCharCode(0x100 + i)}-${String.fromCharCode(0x101 + i)}]`,
    );
    const globs = [...sets, `${'a/'.repeat(200)}*`, `${'b'.repeat(300)}`, 'größe/*', '*/größe', 'x?y'];
    const matcher = compileGlobs(globs);
    const tags = [
      `s7ć`,
      's199ǈ',
      `${'a/'.repeat(200)}z`,
      'b'.repeat(300),
      'größe/x',
      'x/größe',
      'xöy',
      'x😀y',
      's7x',
    ];
    for (const one of tags) {
      const expected = globs.flatMap((each, i) => (fnmatch(one, each) ? [i] : []));
      expect([...matcher.match(one)], one).toEqual(expected);
    }
    expect(tags.flatMap((one) => matcher.match(one))).toHaveLength(8);
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
