import { expect, test } from 'vitest';
import { float, mapOf, PyFloat, PyTuple, type Value } from '../../../../src/core/index.ts';
import { doubleQuoted, pyRepr, pyStr } from '../../../../src/render/python/index.ts';

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (unit) => unit.charCodeAt(0));

test.each<[Value, string]>([
  [null, 'None'],
  [true, 'True'],
  [false, 'False'],
  [0, '0'],
  [-1, '-1'],
  [10n ** 25n, '10000000000000000000000000'],
  [20240203100010123456n, '20240203100010123456'],
  [float(1), '1.0'],
  [0.1, '0.1'],
  [float(1e16), '1e+16'],
  [1e-5, '1e-05'],
  [1.5e-7, '1.5e-07'],
  [float(123456789012345680), '1.2345678901234568e+17'],
  [float(1e22), '1e+22'],
  [float(1e15), '1000000000000000.0'],
  [new PyFloat(-0), '-0.0'],
  [new PyFloat(Number.POSITIVE_INFINITY), 'inf'],
  [new PyFloat(Number.NEGATIVE_INFINITY), '-inf'],
  [new PyFloat(Number.NaN), 'nan'],
  [0.0001, '0.0001'],
  [-0.25, '-0.25'],
  [123.456, '123.456'],
  [2.5e-10, '2.5e-10'],
  ['a', "'a'"],
  ["it's", `"it's"`],
  ['say "x"', `'say "x"'`],
  [`both ' and "`, `'both \\' and "'`],
  ['a\nb\tc\r', "'a\\nb\\tc\\r'"],
  ['\\', "'\\\\'"],
  ['\x00\x7f', "'\\x00\\x7f'"],
  ['é', "'é'"],
  ['\xa0', "'\\xa0'"],
  ['a b', "'a b'"],
  ['\u2028', "'\\u2028'"],
  ['\ufeff', "'\\ufeff'"],
  ['😀', "'😀'"],
  ['\ud800', "'\\ud800'"],
  ['\u{10ffff}', "'\\U0010ffff'"],
  [bytes('a\'b"c\n\xff '), `b'a\\'b"c\\n\\xff '`],
  [bytes("it's"), `b"it's"`],
  [[1, [float(2), null]], '[1, [2.0, None]]'],
  [new PyTuple([1]), '(1,)'],
  [new PyTuple([]), '()'],
  [new PyTuple([1, 2]), '(1, 2)'],
  [
    new Map<Value, Value>([
      ['a', mapOf({ b: [true] })],
      [1, 'x'],
    ]),
    "{'a': {'b': [True]}, 1: 'x'}",
  ],
  [[], '[]'],
  [new Map(), '{}'],
])('repr(%#) is %s', (value, expected) => {
  expect(pyRepr(value)).toBe(expected);
});

test('str of a string is the string, of everything else its repr', () => {
  expect(pyStr("it's")).toBe("it's");
  expect(pyStr(["it's"])).toBe(`["it's"]`);
  expect(pyStr(null)).toBe('None');
});

test('a list that holds itself prints, as in Python', () => {
  const list: Value[] = [1];
  list.push(list);
  expect(pyStr(list)).toBe('[1, [...]]');
});

test("Salt's printing quotes a map's multi-line strings as YAML, and only those", () => {
  const value = mapOf({ a: 'x\ny', b: ["p\nq's"], c: mapOf({ d: 'tab\there' }), e: 'plain' });
  expect(pyStr(value, { saltPrint: true })).toBe(
    `{'a': "x\\ny", 'b': ["p\\nq's"], 'c': {'d': "tab\\there"}, 'e': 'plain'}`,
  );
  expect(pyStr(value)).toBe(`{'a': 'x\\ny', 'b': ["p\\nq's"], 'c': {'d': 'tab\\there'}, 'e': 'plain'}`);
});

test('a double-quoted YAML scalar escapes what PyYAML escapes', () => {
  expect(doubleQuoted('a"\\\n\0\x85é\xa0\u2028\ufeff😀\x7f')).toBe(
    '"a\\"\\\\\\n\\0\\Né\xa0\\L\\uFEFF\\U0001F600\\x7F"',
  );
});
