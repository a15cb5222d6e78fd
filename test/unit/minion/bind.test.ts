import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PyFloat, type Value } from '../../../src/core/index.ts';
import { bind } from '../../../src/minion/modules/bind.ts';
import { parseSignature } from '../../../src/minion/modules/signature.ts';

const text = (value: string): Value => value;
const bound = (signature: string, arg: Value[], kwarg: [Value, Value][] = []) => {
  const result = bind(parseSignature(signature), arg, new Map(kwarg), text);
  return { named: Object.fromEntries(result.named), rest: result.rest, extra: [...result.extra] };
};

describe('signatures', () => {
  it('reads defaults, *args and **kwargs', () => {
    const signature = parseSignature("a, b=1, c='x', d=None, e=True, f=2.0, *rest, g=False, **more");
    expect(signature.parameters.map((parameter) => [parameter.name, parameter.fallback])).toEqual([
      ['a', undefined],
      ['b', 1],
      ['c', 'x'],
      ['d', null],
      ['e', true],
      ['f', new PyFloat(2)],
      ['g', false],
    ]);
    expect(signature.parameters.find((parameter) => parameter.name === 'g')?.keywordOnly).toBe(true);
    expect([signature.varargs, signature.keywords]).toEqual(['rest', 'more']);
  });

  it('refuses a default that it cannot read', () => {
    expect(() => parseSignature('a=[]')).toThrow(TypeError);
  });
});

describe('binding', () => {
  it('fills places, then names, then defaults', () => {
    expect(bound('a, b=1, c=2', ['x'], [['c', 3]])).toEqual({
      named: { a: 'x', b: 1, c: 3 },
      rest: [],
      extra: [],
    });
  });

  it('moves name=value texts to the keywords, as the minion of Salt does', () => {
    expect(bound('a, b=1', ['x', 'b=5']).named).toEqual({ a: 'x', b: '5' });
    expect(bound('a', ['x==1']).named).toEqual({ a: 'x==1' });
    expect(bound('a', ['1x=1']).named).toEqual({ a: '1x=1' });
    expect(bound('a', ['echo a=b']).named).toEqual({ a: 'echo a=b' });
    expect(bound('a', ['x=1\ny']).named).toEqual({ a: 'x=1\ny' });
  });

  it('parses the values of such texts', () => {
    const result = bind(parseSignature('**kwargs'), ['n=5'], new Map(), Number);
    expect([...result.extra]).toEqual([['n', 5]]);
  });

  it.each<[string, Value[], [Value, Value][], RegExp]>([
    ['', ['x'], [], /no positional arguments, 1 given/],
    ['a', ['x', 'y'], [], /at most 1 positional/],
    ['a, b', ['x'], [], /missing: b/],
    ['a, b', [], [], /missing: a, b/],
    ['a', ['x'], [['a', 1]], /a is given twice/],
    [
      'a',
      ['x'],
      [
        ['nope', 1],
        ['no', 't'],
      ],
      /not valid: nope=1, no=t/,
    ],
  ])('says what is wrong: (%s)', (signature, arg, kwarg, message) => {
    expect(() => bound(signature, arg, kwarg)).toThrow(message);
  });

  it('drops how the job was published where nobody asks for it', () => {
    expect(bound('', [], [['__pub_jid', '1']])).toEqual({ named: {}, rest: [], extra: [] });
    expect(bound('**kw', [], [['__pub_jid', '1']]).extra).toEqual([['__pub_jid', '1']]);
  });

  it('loses no argument and invents none', () => {
    const plain = fc.string().filter((value) => !value.includes('='));
    fc.assert(
      fc.property(fc.array(plain), fc.dictionary(fc.stringMatching(/^k[a-z]{1,5}$/), plain), (arg, kwarg) => {
        const result = bind(parseSignature('a=None, *rest, **kw'), arg, new Map(Object.entries(kwarg)), text);
        const positionals = arg.length === 0 ? [] : [result.named.get('a'), ...result.rest];
        expect(positionals).toEqual(arg);
        expect(Object.fromEntries(result.extra)).toEqual({ ...kwarg });
      }),
    );
  });
});
