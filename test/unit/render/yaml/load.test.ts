import { describe, expect, test } from 'vitest';
import { float, fromPlain, PyFloat, type Value } from '../../../../src/core/index.ts';
import { loadYaml, resolvePlain } from '../../../../src/render/yaml/index.ts';

function load(text: string): Value {
  const loaded = loadYaml({ file: 'x.yaml', text });
  if (!loaded.ok) throw new Error(loaded.problems[0]?.message);
  return loaded.value;
}

function problem(text: string): unknown {
  const loaded = loadYaml({ file: 'x.yaml', text, line: 10 });
  return loaded.ok ? loaded.value : loaded.problems[0];
}

test.each<[string, Value]>([
  ...['yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((word): [string, Value] => [
    word,
    true,
  ]),
  ...['no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((word): [string, Value] => [
    word,
    false,
  ]),
  ...['', '~', 'null', 'Null', 'NULL'].map((word): [string, Value] => [word, null]),
  ...[
    'y',
    'n',
    'Y',
    'None',
    'tRue',
    'nUll',
    '=',
    '<<',
    '1e3',
    '0o17',
    '2024-01-02',
    '08',
    '1:60',
    '00:30',
    '-.5',
    '+.5',
    '0b',
    '0x',
    '0b_',
    '_1',
    '1,000',
    '-',
    '+',
    '.',
    '1.5e3',
    '0x1G',
    '1.2.3',
  ].map((word): [string, Value] => [word, word]),
  ['0', 0],
  ['-0', 0],
  ['+7', 7],
  ['0755', 755],
  ['00', 0],
  ['-010', -8],
  ['+010', 8],
  ['0_7', 7],
  ['1_000', 1000],
  ['0x1F', 31],
  ['-0x1f', -31],
  ['0b101', 5],
  ['12:30', 750],
  ['-1:00', -60],
  ['190:20:30', 685_230],
  ['20240203100010123456', 20240203100010123456n],
  ['9'.repeat(5000), '9'.repeat(5000)],
  ['1.', float(1)],
  ['1.5', 1.5],
  ['.5', 0.5],
  ['1_0.5', 10.5],
  ['1.0e+3', float(1000)],
  ['-1.5E-2', -0.015],
  ['1:2:3.5', 3723.5],
  ['.inf', new PyFloat(Number.POSITIVE_INFINITY)],
  ['-.INF', new PyFloat(Number.NEGATIVE_INFINITY)],
  ['.NaN', new PyFloat(Number.NaN)],
])('the plain scalar %j', (text, expected) => {
  expect(resolvePlain(text)).toEqual(expected);
});

describe('documents', () => {
  test('quotes, tags and block scalars make text or what they say', () => {
    expect(
      load(`a: 'yes'\nb: "0755\\x41"\nc: |\n  yes\nd: !!str 5\ne: !!int "7"\nf: >-\n  1\n  2\ng: !!null x`),
    ).toEqual(fromPlain({ a: 'yes', b: '0755A', c: 'yes\n', d: '5', e: 7, f: '1 2', g: null }));
    expect(load('!!binary aGk=')).toEqual(Uint8Array.from([0x68, 0x69]));
  });

  test('keys are typed too', () => {
    expect(load('{1: a, no: b, ~: c, 0x2: d}')).toEqual(
      new Map<Value, Value>([
        [1, 'a'],
        [false, 'b'],
        [null, 'c'],
        [2, 'd'],
      ]),
    );
  });

  test('empty ones are null, empty values are null', () => {
    expect(load('')).toBeNull();
    expect(load('# comment\n')).toBeNull();
    expect(load('a:\nb:\n- \n')).toEqual(fromPlain({ a: null, b: [null] }));
  });

  test('aliases repeat, merge keys merge, and own keys win', () => {
    expect(load('x: &x [1]\ny: *x')).toEqual(fromPlain({ x: [1], y: [1] }));
    const base = 'base: &b {a: 1, c: 2}\nother: &o {d: 4}\n';
    const merged = load(`${base}m: {<<: *b, a: 9}\nn: {<<: [*b, *o]}`) as Map<string, Value>;
    expect(merged.get('m')).toEqual(fromPlain({ c: 2, a: 9 }));
    expect([...(merged.get('n') as Map<string, Value>)]).toEqual([
      ['d', 4],
      ['a', 1],
      ['c', 2],
    ]);
    expect(load("'<<': {a: 1}")).toEqual(fromPlain({ '<<': { a: 1 } }));
  });

  test('a comment may touch a quote or a bracket', () => {
    expect(load('a: "x"#c\nb: [y]#c')).toEqual(fromPlain({ a: 'x', b: ['y'] }));
  });

  test('a last block scalar ends where the file ends', () => {
    expect(load('a:\n  b: |\n    x')).toEqual(fromPlain({ a: { b: 'x' } }));
    expect(load('a:\n  b: |\n    x\n')).toEqual(fromPlain({ a: { b: 'x\n' } }));
  });

  test.each<[string, unknown]>([
    ['a: {\nb: 1\n}\nc: d\n', { a: { b: 1 }, c: 'd' }],
    [
      `x:\n  - a: "foo\nbar\n   baz"\n  - b: [\n1, # c ]\n 2\n]\n`,
      { x: [{ a: 'foo bar baz' }, { b: [1, 2] }] },
    ],
    [`k: |\n  x: "un\n  y\nz: 'q\nr''s'\n`, { k: 'x: "un\ny\n', z: "q r's" }],
    [`a: it's\nb: 'x\n\ny'\n- 'k`, 'YAML_SYNTAX'],
    [`a: it's\nb: 'x\n\ny'\n`, { a: "it's", b: 'x\ny' }],
    [`- "a\nb"\n- - 'c\nd'\n`, ['a b', ['c d']]],
    ['"k y": [\nx\n]\nl: !!str "5\n6"', { 'k y': ['x'], l: '5 6' }],
    ['a: {\nb: 1,\nb: 2}', 'YAML_DUPLICATE_KEY'],
  ])('%#: lines within quotes and brackets may be indented as they like', (text, expected) => {
    const loaded = loadYaml({ file: 'x.yaml', text });
    if (typeof expected === 'string')
      expect(loaded).toMatchObject({ ok: false, problems: [{ code: expected }] });
    else expect(loaded).toEqual({ ok: true, value: fromPlain(expected) });
  });

  test('tabs may stand within lines', () => {
    expect(load('a:\tb\nc: "d\te"\n# f\tg\nh: |\n  i\tj')).toEqual(
      fromPlain({ a: 'b', c: 'd\te', h: 'i\tj' }),
    );
  });
});

describe('problems', () => {
  test.each([
    ['a: 1\nb: 2\na: 3', 'YAML_DUPLICATE_KEY', 12, 1],
    ['1: a\ntrue: b', 'YAML_DUPLICATE_KEY', 11, 1],
    ['a: {{ b }}', 'YAML_UNHASHABLE_KEY', 10, 5],
    ['{[a]: b}', 'YAML_UNHASHABLE_KEY', 10, 2],
    ['a:\n\t- b', 'YAML_TAB', 11, 1],
    ['-\ta: b', 'YAML_TAB', 10, 2],
    ['a: b: c', 'YAML_SYNTAX', 10, 4],
    ['a: @b', 'YAML_SYNTAX', 10, 4],
    ['a: [b', 'YAML_SYNTAX', 10, 6],
    ['a: *b', 'YAML_ALIAS', 10, 4],
    ['a: &x [*x]', 'YAML_ALIAS', 10, 8],
    ['a: !mine b', 'YAML_TAG', 10, 10],
    ['a: !!set {b}', 'YAML_TAG', 10, 10],
    ['a: !!int x', 'YAML_TAG', 10, 10],
    ['a: b\x07', 'YAML_CHARACTER', 10, 5],
    ['<<: a', 'YAML_MERGE', 10, 1],
    ['x: &x {a: 1}\ny: &y {a: 2}\nz: {<<: [*x, *y]}', 'YAML_DUPLICATE_KEY', 12, 5],
    ['a\n---\nb', 'YAML_SYNTAX', 11, 1],
    ['['.repeat(300), 'YAML_TOO_DEEP', 10, 201],
    ['- '.repeat(300), 'YAML_TOO_DEEP', 10, 401],
    ['- '.repeat(30_000), 'YAML_TOO_DEEP', 10, 1],
  ])('%#: a problem with its place', (text, code, line, column) => {
    expect(problem(text)).toMatchObject({ code, line, column, file: 'x.yaml', severity: 'error' });
  });

  test('have the source line for the caret', () => {
    expect(problem('a:\n  b: c: d\n')).toMatchObject({ line: 11, source: '  b: c: d' });
  });

  test('aliases that multiply are stopped', () => {
    const levels = ['a: &a [x, x, x, x, x, x, x, x, x]'];
    for (const [index, name] of Array.from('bcdefgh').entries()) {
      const below = 'abcdefg'[index] ?? '';
      levels.push(`${name}: &${name} [${Array.from({ length: 9 }, () => `*${below}`).join(', ')}]`);
    }
    expect(problem(levels.join('\n'))).toMatchObject({ code: 'YAML_TOO_LARGE' });
  });
});
