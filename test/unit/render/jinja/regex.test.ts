import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PatternError, Regex } from '../../../../src/render/jinja/library/regex/index.ts';
import { parseReplacement } from '../../../../src/render/jinja/library/regex/replacement.ts';

const free = (): void => undefined;

function found(pattern: string, text: string): readonly (string | null)[] | null {
  return new Regex(pattern, {}).search(text, free)?.groups ?? null;
}

describe("Python's patterns", () => {
  it.each([
    ['(a)|(b)', 'b', ['b', null, 'b']],
    ['(?P<year>\\d+)-(?P=year)', '7-8-8', ['8-8', '8']],
    ['(a+?)(a*)', 'aaa', ['aaa', 'a', 'aa']],
    ['a++a', 'aaa', null],
    ['(?>a|ab)c', 'abc', null],
    ['(?<=web)\\d', 'db1web2', ['2']],
    ['(?<!web)\\d', 'web1db2', ['2']],
    ['^(<)?x(?(1)>|$)', 'x>', null],
    ['(?i:WEB)1', 'web1', ['web1']],
    ['(?x) w \\d # a number', 'w1', ['w1']],
    ['x$', 'x\n', ['x']],
    ['x\\Z', 'x\n', null],
    ['\\bé\\w+', 'ž été', ['été']],
    ['[]-a]+', 'x]^_`a', [']^_`a']],
    ['a{,2}b{1}{', 'aab{', ['aab{']],
    ['(?:(a)|b)*', 'ab', ['ab', 'a']],
    ['.', '🐳', ['🐳']],
    ['\\141\\x61\\u0061', 'aaa', ['aaa']],
  ])('%s in %j', (pattern, text, groups) => {
    expect(found(pattern, text)).toEqual(groups);
  });

  it.each(
    [
      String.raw`*a a** ( ) [a a{2,1} \q [b-a] [\d-z] (?P<1>a) (?<=a+)b \1 (\1) (?P<n>a)(?P<n>b) (?P=n) (?z)`,
      String.raw`a(?i)b ^* (?(2)a) (?(1)a|b|c) \ \x1 (?# x{2}{3}`,
    ].flatMap((line) => line.split(' ')),
  )('refuse %s', (pattern) => {
    expect(() => new Regex(pattern, {})).toThrow(PatternError);
  });

  it('find every match, an empty one right behind another, too', () => {
    const all = [...new Regex('x*', {}).all('abxd', free)].map(({ start, end }) => [start, end]);
    expect(all).toEqual([
      [0, 0],
      [1, 1],
      [2, 3],
      [3, 3],
      [4, 4],
    ]);
  });

  it('read replacement templates', () => {
    const regex = new Regex('(?P<n>a)(b)', {});
    expect(parseReplacement('<\\2\\g<n>\\g<0>\\n\\.\\0>', regex).filter((part) => part !== '')).toEqual([
      '<',
      2,
      1,
      0,
      '\n',
      '\\.',
      '\0',
      '>',
    ]);
    for (const wrong of ['\\3', '\\g<x>', '\\q', '\\'])
      expect(() => parseReplacement(wrong, regex)).toThrow(PatternError);
  });

  /** What both languages spell and mean alike. */
  const piece = fc.constantFrom(
    'a',
    'b',
    '.',
    '[ab]',
    '(a)',
    '(?:b|ab)',
    'a*',
    'b+',
    '(a|b)?',
    'a{1,2}',
    '(?=a)',
    '(?!b)',
    '\\d',
    '-',
  );

  it('match as those of JavaScript where both mean the same', () => {
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 6 }),
        fc.string({ unit: fc.constantFrom('a', 'b', '1', '-'), maxLength: 12 }),
        (pieces, text) => {
          const pattern = pieces.join('');
          const groups = new RegExp(pattern).exec(text);
          expect(found(pattern, text)).toEqual(
            groups === null ? null : [...groups].map((group) => group ?? null),
          );
        },
      ),
    );
  });

  it('count every step', () => {
    let steps = 0;
    new Regex('(a+)+$', {}).match(`${'a'.repeat(12)}b`, (count) => {
      steps += count;
    });
    expect(steps).toBeGreaterThan(1000);
  });
});
