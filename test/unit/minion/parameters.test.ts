import { describe, expect, it } from 'vitest';
import { shapeOf } from '../../../src/minion/operator/parameters.ts';

const read = (source: string) => {
  const { signature, positional, keywordObject } = shapeOf(source);
  const required = signature.parameters.filter((parameter) => parameter.required).map(({ name }) => name);
  const byName = signature.parameters.filter((parameter) => parameter.keywordOnly).map(({ name }) => name);
  return { positional, required, byName, rest: signature.varargs, more: signature.keywords, keywordObject };
};
const nothing = {
  positional: [],
  required: [],
  byName: [],
  rest: null,
  more: null,
  keywordObject: false,
};

describe('parameters of an operator’s function', () => {
  it.each<[string, Partial<ReturnType<typeof read>>]>([
    ['function f() {}', {}],
    ['() => 1', {}],
    ['function f(a, b) {}', { positional: ['a', 'b'], required: ['a', 'b'] }],
    ['async function f(a, b = 1) {}', { positional: ['a', 'b'], required: ['a'] }],
    ['a => a', { positional: ['a'], required: ['a'] }],
    ['async a => a', { positional: ['a'], required: ['a'] }],
    ['async (a) => a', { positional: ['a'], required: ['a'] }],
    ['async(a)=>a', { positional: ['a'], required: ['a'] }],
    ['function (a, ...rest) {}', { positional: ['a'], required: ['a'], rest: 'rest' }],
    ['function* f(a) {}', { positional: ['a'], required: ['a'] }],
    [
      'function f(a, { force = false, user } = {}) {}',
      { positional: ['a'], required: ['a'], byName: ['force', 'user'], keywordObject: true },
    ],
    [
      'function f({ a, b: renamed = 2, ...more }) {}',
      { byName: ['a', 'b'], more: 'more', keywordObject: true },
    ],
    [
      "function f(a = ',)', b = [1, 2], c = { d: (1, 2) }, e = `}${1}`) {}",
      { positional: ['a', 'b', 'c', 'e'] },
    ],
    ['function f(a /* , z */, // )\n b = "\\")") {}', { positional: ['a', 'b'], required: ['a'] }],
    ['function f({ a }, b) {}', { positional: ['arg1', 'b'], required: ['arg1', 'b'] }],
    ['function f([a, b]) {}', { positional: ['arg1'], required: ['arg1'] }],
    ['function grüße(größe) {}', { positional: ['größe'], required: ['größe'] }],
  ])('%s', (source, expected) => {
    expect(read(source)).toEqual({ ...nothing, ...expected });
  });

  it.each(['function () { [native code] }', 'function f(a', 'what is this'])(
    'takes any positionals when it cannot tell: %s',
    (source) => {
      expect(read(source)).toEqual({ ...nothing, rest: 'args' });
    },
  );

  it('agrees with the language on real functions', () => {
    const functions = [
      (a: number, b: number) => a + b,
      function named(first: string, { x = 1, ...others } = {}) {
        return [first, x, others];
      },
      async (only: string) => only,
    ];
    for (const real of functions) expect(read(real.toString()).required.length).toBe(shapeLength(real));
  });
});

/** `length` counts parameters before the first default; an object with a default is none of them. */
function shapeLength(real: (...args: never[]) => unknown): number {
  return real.length;
}
