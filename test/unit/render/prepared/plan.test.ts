import { describe, expect, test } from 'vitest';
import { float, fromPlain, PyTuple, type Value } from '../../../../src/core/index.ts';
import { built, prepare, Serialised, sls } from './driver.ts';

const hostile = `x'}]}]\nevil:\n  runner.salt.cmd: [{args: [{fun: 'cmd.run'}]}]\n# "{{ y }}" \0 \x01 \x02 &a *b !!c %d`;
const json = (value: Value, text: string): Serialised => new Serialised(value, text);
const map = (plain: unknown): Value => fromPlain(plain);

describe('a plain scalar that is one slot', () => {
  test.each<[Value, Value]>([
    ['yes', true],
    ['0755', 755],
    ['', null],
    ['~', null],
    ['1e3', '1e3'],
    ['12:30', 750],
    ['20240203100010123456', 20240203100010123456n],
    ['2024-01-02', '2024-01-02'],
    ['# no comment', '# no comment'],
    ['- no item', '- no item'],
    ['no: map', 'no: map'],
    ['{no: map}', '{no: map}'],
    ['"quoted"', '"quoted"'],
    ['<<', '<<'],
    [' padded ', ' padded '],
    ['a\n  b\n', 'a\n  b\n'],
    [hostile, hostile],
    [null, 'None'],
    [true, true],
    [7, 7],
    [1.5, 1.5],
    [float(2), float(2)],
    [float(1e16), '1e+16'],
    [10n ** 20n, 10n ** 20n],
    [new PyTuple([1, 2]), '(1, 2)'],
    [
      map({ a: [null, { b: null, c: true }], d: 'yes' }),
      map({ a: ['None', { b: 'None', c: true }], d: 'yes' }),
    ],
    [[], []],
  ])('%# takes its value', (value, expected) => {
    expect(built(sls`k: ${value}\nl:\n  - ${value}\nm: [${value}, {n: ${value}}]`)).toEqual(
      map({ k: expected, l: [expected], m: [expected, { n: expected }] }),
    );
  });

  test('a serialised value is the value itself', () => {
    const value = map({ a: null, b: ['yes', 1] });
    expect(built(sls`k: ${json(value, '{"a": null, "b": ["yes", 1]}')}`)).toEqual(
      map({ k: { a: null, b: ['yes', 1] } }),
    );
    expect(built(sls`k: ${json('yes', '"yes"')}`)).toEqual(map({ k: 'yes' }));
    expect(built(sls`k: ${json(null, 'null')}`)).toEqual(map({ k: null }));
  });

  test('the whole document may be one slot', () => {
    expect(built(sls`${map({ a: 1 })}`)).toEqual(map({ a: 1 }));
    expect(built(sls`--- ${'text'}`)).toBe('text');
  });
});

describe('a plain scalar with text and slots', () => {
  test('is typed after substitution', () => {
    expect(built(sls`k: 0${'755'}\nl: ${'o'}${'n'}\nm: ${12}:${30}\nn: web-${1}`)).toEqual(
      map({ k: 755, l: true, m: 750, n: 'web-1' }),
    );
  });

  test('prints structures as Python prints them', () => {
    expect(built(sls`k: x ${map({ a: [null, true, 'b'] })}`)).toEqual(
      map({ k: "x {'a': [None, True, 'b']}" }),
    );
    expect(built(sls`k: x ${json(map(['a']), '["a"]')}`)).toEqual(map({ k: 'x ["a"]' }));
  });

  test('keeps data with YAML in it as text, over several lines too', () => {
    expect(built(sls`k: a ${hostile} b\nl: one ${hostile}\n  two ${'x'}`)).toEqual(
      map({ k: `a ${hostile} b`, l: `one ${hostile} two x` }),
    );
  });
});

describe('quoted and block scalars', () => {
  test('are text, byte for byte', () => {
    expect(
      built(sls`a: '${hostile}'\nb: "${hostile}\\n"\nc: 'it''s ${'yes'}'\nd: '${1}'\ne: "${null}"`),
    ).toEqual(map({ a: hostile, b: `${hostile}\n`, c: "it's yes", d: '1', e: 'None' }));
    expect(built(sls`a: |\n  ${hostile}\n  end\nb: >-\n  one ${hostile}\n  two\n`)).toEqual(
      map({ a: `${hostile}\nend\n`, b: `one ${hostile} two` }),
    );
  });

  test("print structures as Python prints them, with Salt's quotes for lines", () => {
    expect(built(sls`a: '${map({ x: 'a\nb', y: [true] })}'`)).toEqual(
      map({ a: `{'x': "a\\nb", 'y': [True]}` }),
    );
  });

  test("take a serialiser's text", () => {
    expect(built(sls`a: '${json(map({ x: 1 }), '{"x": 1}')}'\nb: |\n  ${json('y', '"y"')}`)).toEqual(
      map({ a: '{"x": 1}', b: '"y"' }),
    );
  });
});

test('brackets and quotes over several lines keep their slots in order', () => {
  expect(built(sls`a: {\nb: ${hostile},\nc: [\n${'x'}]\n}\nd: "${'y'}\n${'z'}"\n`)).toEqual(
    map({ a: { b: hostile, c: ['x'] }, d: 'y z' }),
  );
});

describe('keys', () => {
  test('may hold slots and are never more than one key', () => {
    expect(built(sls`${hostile}:\n  ${'a'}_b: 1\n'q ${hostile}': 2\n{${'f'}: 3}: 4`)).toBe(
      '!YAML_UNHASHABLE_KEY',
    );
    expect(built(sls`${hostile}:\n  ${'a'}_b: 1\n'q ${hostile}': 2`)).toEqual(
      new Map<Value, Value>([
        [hostile, map({ a_b: 1 })],
        [`q ${hostile}`, 2],
      ]),
    );
    expect(built(sls`{${'a'}: 1, b${1}: 2}`)).toEqual(map({ a: 1, b1: 2 }));
    expect(built(sls`${'1'}: a`)).toEqual(new Map<Value, Value>([[1, 'a']]));
  });

  test('that data makes equal are a problem', () => {
    expect(built(sls`a: 1\n${'a'}: 2`)).toBe('!YAML_DUPLICATE_KEY');
    expect(built(sls`${'b'}: 1\n${'b'}: 2`)).toBe('!YAML_DUPLICATE_KEY');
    expect(built(sls`${true}: 1\n1: 2`)).toBe('!YAML_DUPLICATE_KEY');
  });

  test('cannot be structures, and data cannot ask for a merge', () => {
    expect(built(sls`${map({ a: 1 })}: 2`)).toBe('!YAML_UNHASHABLE_KEY');
    expect(built(sls`${'<<'}: {a: 1}`)).toEqual(map({ '<<': { a: 1 } }));
    expect(built(sls`<<: ${map({ a: 1, b: 2 })}\nb: 3`)).toEqual(map({ a: 1, b: 3 }));
    expect(built(sls`<<: ${'text'}\nb: 3`)).toBe('!YAML_MERGE');
  });
});

describe('marks', () => {
  test('in comments go nowhere', () => {
    expect(built(sls`# ${hostile} ${1}\na: ${'x'} # ${hostile}\nb: ${'y'}`)).toEqual(map({ a: 'x', b: 'y' }));
  });

  test('written by the author are refused, as YAML refuses them', () => {
    expect(built(sls`a: \x01\nb: ${'x'}`)).toBe('!YAML_CHARACTER');
    expect(built(sls`a: \x02`)).toBe('!YAML_CHARACTER');
  });

  test('are told from the same character in an escape', () => {
    expect(built(sls`a: "\\x01 ${'x'} \\u0003"\nb: ${'y'}`)).toEqual(map({ a: '\x01 x \x03', b: 'y' }));
  });

  test('cannot name anchors or tags', () => {
    expect(built(sls`a: &${'n'} 1`)).toBe('!YAML_SLOT_IN_NAME');
    expect(built(sls`a: !${'n'} 1`)).toBe('!YAML_SYNTAX');
  });

  test('work below anchors and tags', () => {
    expect(built(sls`a: &x [${'v'}]\nb: *x\nc: !!str ${'5'}\nd: !!int "${'6'}"`)).toEqual(
      map({ a: ['v'], b: ['v'], c: '5', d: 6 }),
    );
  });
});

test('a problem has its place in the template', () => {
  const output = sls`a:\n  - ${'x'}\nb: c: ${'y'}\n`;
  const rendered = prepare(output);
  expect(rendered).toMatchObject({ ok: false, problems: [{ code: 'YAML_SYNTAX', file: 'x.sls' }] });
});

describe('an expression that prints nothing on a line of its own', () => {
  test('leaves no trace', () => {
    expect(built(sls`${''}\na: ${'x'}\n  ${' '}\nb:\n  c: ${''}\n${''}\n`)).toEqual(
      map({ a: 'x', b: { c: null } }),
    );
  });

  test('is a problem when it prints something', () => {
    expect(built(sls`${'b: 1'}\na: ${'x'}`)).toBe('!YAML_SYNTAX');
    expect(built(sls`${null}\na: ${'x'}`)).toBe('!YAML_SYNTAX');
    expect(built(sls`a: b: ${''}`)).toBe('!YAML_SYNTAX');
  });
});
