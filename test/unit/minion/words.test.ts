import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitWords } from '../../../src/minion/process/words.ts';

describe('splitting a command line', () => {
  it.each<[string, string[]]>([
    ['', []],
    ['  ', []],
    ['a b\tc', ['a', 'b', 'c']],
    ["a 'b c' d", ['a', 'b c', 'd']],
    ['a "b \\" c"', ['a', 'b " c']],
    ["'' x", ['', 'x']],
    ['a\\ b', ['a b']],
    ["x'y'z", ['xyz']],
    ["'\\'", ['\\']],
    ['"\\n"', ['\\n']],
    ['$HOME `id` $(id) ; & | > *', ['$HOME', '`id`', '$(id)', ';', '&', '|', '>', '*']],
  ])('%s', (line, words) => {
    expect(splitWords(line)).toEqual(words);
  });

  it('refuses an open quote', () => {
    expect(() => splitWords("a 'b")).toThrow(RangeError);
  });

  it('gives back every word that was quoted', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (words) => {
        const line = words.map((word) => `'${word.replaceAll("'", `'"'"'`)}'`).join(' ');
        expect(splitWords(line)).toEqual(words);
      }),
    );
  });
});
