import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../../src/cli/input/arguments.ts';
import { parseDuration } from '../../../src/cli/input/duration.ts';
import { parseJson } from '../../../src/cli/input/json.ts';
import { PyFloat, toJson, toPlain } from '../../../src/core/index.ts';

describe('arguments of functions', () => {
  const parsed = (...words: string[]): { arg: unknown; kwarg: unknown } => {
    const { arg, kwarg } = parseArguments(words);
    return { arg: toPlain(arg), kwarg: toPlain(kwarg) };
  };

  it('are positionals and keywords, read as YAML', () => {
    expect(parsed('web*', '5', 'yes', '{a: 1}', 'name=x', 'list=[1, two]', 'deep.key-1=None')).toEqual({
      arg: ['web*', 5, true, { a: 1 }],
      kwarg: { name: 'x', list: [1, 'two'], 'deep.key-1': null },
    });
  });

  it.each(['a==b', '1a=b', '=b', '-a=b', 'a=b\nc'])('keep %j a positional', (word) => {
    expect(parsed(word)).toEqual({ arg: [word], kwarg: {} });
  });

  it('keep a job id text, because no number could carry it', () => {
    expect(parsed('20240203100010123456')).toEqual({ arg: ['20240203100010123456'], kwarg: {} });
    expect(parsed('123')).toEqual({ arg: [123], kwarg: {} });
  });

  it('are taken as text where the caller says so', () => {
    const { kwarg } = parseArguments(['cmd=5', 'n=5'], ['cmd']);
    expect(toPlain(kwarg)).toEqual({ cmd: '5', n: 5 });
  });
});

describe('JSON data', () => {
  it('keeps the numbers that JavaScript would change', () => {
    expect(parseJson('[1.0, 12345678901234567890, 1e2, -0]')).toEqual([
      new PyFloat(1),
      12345678901234567890n,
      new PyFloat(100),
      0,
    ]);
  });

  it('keeps the order of keys and takes the last of equal ones', () => {
    expect(toJson(parseJson('{"b": 1, "a": 2, "b": 3}'))).toBe('{"b": 3, "a": 2}');
  });

  it('reads what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const text = JSON.stringify(value);
        const small = (_key: string, item: unknown): unknown =>
          typeof item === 'bigint' ? Number(item) : item;
        expect(JSON.stringify(toPlain(parseJson(text)), small)).toBe(text);
      }),
    );
  });

  it.each([
    ['', /line 1, column 1: it ends too early/],
    ['{"a": 1,\n "b": }', /line 2, column 7/],
    ['{a: 1}', /line 1, column 2/],
    ['[1, 2', /it ends too early|expected , or \]/],
    ['"\u0001"', /wrong escape/],
    ['{"a": 1} x', /unexpected text behind the value/],
    ['[1,]', /unexpected \]/],
    ["{'a': 1}", /not a value/],
    ['['.repeat(300), /nested deeper/],
  ])('says where %j is wrong', (text, message) => {
    expect(() => parseJson(text)).toThrow(message);
  });
});

describe('durations', () => {
  it.each([
    ['30s', 30_000],
    ['1.5m', 90_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['10', undefined],
    ['10w', undefined],
    ['', undefined],
  ] satisfies [string, number | undefined][])('%j is %j ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });
});
