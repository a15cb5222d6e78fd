import fc from 'fast-check';
import { expect, test } from 'vitest';
import { float, mapOf, PyFloat, PyTuple, type Value } from '../../../../src/core/index.ts';
import {
  mapDelete,
  mapFrom,
  mapGet,
  mapSet,
  PyError,
  pyCompare,
  pyEquals,
  pyIncludes,
  pyTypeName,
  truthy,
} from '../../../../src/render/python/index.ts';

test('truthiness', () => {
  const empty: Value[] = [null, false, 0, 0n, float(0), '', [], new PyTuple([]), new Map(), new Uint8Array()];
  expect(empty.map(truthy)).toEqual(empty.map(() => false));
  const full: Value[] = [true, 1, -1n, 0.5, new PyFloat(Number.NaN), '0', [null], new PyTuple([0])];
  expect(full.map(truthy)).toEqual(full.map(() => true));
});

test('equality crosses number types and nothing else', () => {
  expect(pyEquals(1, true)).toBe(true);
  expect(pyEquals(1, float(1))).toBe(true);
  expect(pyEquals(float(1), 1n)).toBe(true);
  expect(pyEquals(2n ** 60n, float(2 ** 60))).toBe(true);
  expect(pyEquals(2n ** 60n + 1n, float(2 ** 60))).toBe(false);
  expect(pyEquals(1, '1')).toBe(false);
  expect(pyEquals(null, false)).toBe(false);
  expect(pyEquals([1], new PyTuple([1]))).toBe(false);
  expect(pyEquals([1, [true]], [float(1), [1]])).toBe(true);
  expect(pyEquals(mapOf({ a: 1, b: [2] }), mapOf({ b: [2], a: true }))).toBe(true);
  expect(pyEquals(new Map<Value, Value>([[1, 'x']]), new Map<Value, Value>([[true, 'x']]))).toBe(true);
  expect(pyEquals(new Map(), [])).toBe(false);
  expect(pyEquals(new PyFloat(Number.NaN), new PyFloat(Number.NaN))).toBe(false);
});

test('True, 1 and 1.0 are one key, which keeps its first form', () => {
  const map = mapFrom([
    [true, 'a'],
    [1, 'b'],
    ['1', 'c'],
  ]);
  expect([...map]).toEqual([
    [true, 'b'],
    ['1', 'c'],
  ]);
  expect(mapGet(map, float(1))).toBe('b');
  expect(mapGet(map, 1n)).toBe('b');
  mapSet(map, new PyTuple([1, 'x']), 'd');
  expect(mapGet(map, new PyTuple([float(1), 'x']))).toBe('d');
  mapSet(map, null, 'e');
  expect(mapGet(map, null)).toBe('e');
  expect(mapDelete(map, 1)).toBe(true);
  expect(mapDelete(map, 1)).toBe(false);
});

test('lists and maps cannot be keys', () => {
  expect(() => mapFrom([[[1], 'x']])).toThrow(new PyError('TypeError', "unhashable type: 'list'"));
  expect(() => mapFrom([[new PyTuple([new Map()]), 'x']])).toThrow("unhashable type: 'dict'");
});

test('ordering', () => {
  expect(pyCompare(1, float(2))).toBeLessThan(0);
  expect(pyCompare(10n ** 20n, 5)).toBeGreaterThan(0);
  expect(pyCompare(true, 1)).toBe(0);
  expect(pyCompare(new PyFloat(Number.NaN), 1)).toBeNaN();
  expect(pyCompare('\ufffd', '😀')).toBeLessThan(0);
  expect(pyCompare('a', 'ab')).toBeLessThan(0);
  expect(pyCompare([1, 'b'], [1, 'a'])).toBeGreaterThan(0);
  expect(() => pyCompare(1, 'a', '>=')).toThrow("'>=' not supported between instances of 'int' and 'str'");
  expect(() => pyCompare(null, null)).toThrow(PyError);
  expect(() => pyCompare([1], new PyTuple([1]))).toThrow("'list' and 'tuple'");
  expect(() => pyCompare([1], ['a'])).toThrow("'int' and 'str'");
});

test('text is ordered as a list of code points', () => {
  const points = (text: string): number[] => Array.from(text, (character) => character.codePointAt(0) ?? 0);
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
      expect(Math.sign(pyCompare(a, b))).toBe(Math.sign(pyCompare(points(a), points(b))));
    }),
  );
});

test('membership and type names', () => {
  expect(pyIncludes([1, 'a'], float(1))).toBe(true);
  expect(pyIncludes(['1'], 1)).toBe(false);
  const values: Value[] = [
    null,
    true,
    1,
    1n,
    0.5,
    float(1),
    'a',
    new Uint8Array(),
    [],
    new PyTuple([]),
    new Map(),
  ];
  expect(values.map(pyTypeName)).toEqual([
    'NoneType',
    'bool',
    'int',
    'int',
    'float',
    'float',
    'str',
    'bytes',
    'list',
    'tuple',
    'dict',
  ]);
});
