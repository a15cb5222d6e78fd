import { describe, expect, it } from 'vitest';
import { fromPlain, type Plain, toPlain, type Value, type ValueMap } from '../../../src/core/index.ts';
import {
  bindArguments,
  type MasterFunction,
  pickLegacyArguments,
  signatureOf,
} from '../../../src/master/functions/function.ts';

const row: MasterFunction = {
  doc: '',
  parameters: [{ name: 'tag' }, { name: 'data', default: null }, { name: 'name', default: 'x' }],
  run: () => null,
};
const open: MasterFunction = { doc: '', parameters: [], open: true, run: () => null };

const map = (plain: { [key: string]: Plain }): ValueMap => fromPlain(plain) as ValueMap;
const bind = (arg: Value[], kwarg: { [key: string]: Plain }) =>
  toPlain(bindArguments('f.g', row, arg, map(kwarg)));

describe('arguments of functions', () => {
  it.each([
    [['t'], {}, { tag: 't', data: null, name: 'x' }],
    [['t', 1], { name: 'n' }, { tag: 't', data: 1, name: 'n' }],
    [[], { data: 2, tag: 't' }, { tag: 't', data: 2, name: 'x' }],
  ])('%j %j', (arg, kwarg, expected) => {
    expect(bind(arg, kwarg as { [key: string]: Plain })).toEqual(expected);
  });

  it.each([
    [[], {}, 'needs the argument tag'],
    [['a', 'b', 'c', 'd'], {}, 'at most 3'],
    [['a'], { tag: 'b' }, 'twice'],
    [['a'], { date: 1 }, 'no argument date; it takes tag, data, name'],
  ])('%j %j are refused', (arg, kwarg, message) => {
    expect(() => bind(arg, kwarg as { [key: string]: Plain })).toThrow(message);
  });

  it('of an open function are anything', () => {
    expect(toPlain(bindArguments('f', open, ['a'], map({ b: 1 })))).toEqual({
      args: ['a'],
      kwargs: { b: 1 },
    });
  });
});

describe('arguments in the legacy form', () => {
  const pick = (chunk: { [key: string]: Plain }, to: MasterFunction = row) => {
    const { arg, kwarg } = pickLegacyArguments('f.g', to, map(chunk));
    return [arg, toPlain(kwarg)];
  };
  const internal = { __id__: 'i', __sls__: 's', state: 'runner', fun: 'f.g', order: 1, name: 'i' };

  it('are what the function has parameters for; the ID is the name when it takes one', () => {
    expect(pick({ ...internal, tag: 't' })).toEqual([[], { tag: 't', name: 'i' }]);
  });

  it('are arg and kwarg when both are there', () => {
    expect(pick({ ...internal, arg: ['t'], kwarg: { data: 1 } })).toEqual([['t'], { data: 1 }]);
  });

  it('are refused when the function lacks them, unless it takes everything', () => {
    expect(() => pick({ ...internal, kwarg: { tag: 't' } })).toThrow('no argument kwarg');
    expect(pick({ ...internal, a: 1 }, open)).toEqual([[], { a: 1 }]);
  });
});

describe('signatures', () => {
  it('read as Python writes them', () => {
    expect(signatureOf('f.g', row)).toBe("f.g(tag, data=None, name='x')");
    expect(signatureOf('f.h', open)).toBe('f.h(*args, **kwargs)');
  });
});
