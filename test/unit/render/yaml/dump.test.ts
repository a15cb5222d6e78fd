import fc from 'fast-check';
import { expect, test } from 'vitest';
import { float, fromPlain, PyFloat, PyTuple, type Value } from '../../../../src/core/index.ts';
import { dumpYaml, loadYaml, yamlDquote, yamlEncode, yamlSquote } from '../../../../src/render/yaml/index.ts';

test.each<[unknown, string, string]>([
  ['abc', 'abc', 'abc'],
  ['yes', "'yes'", "'yes'"],
  ['0755', "'0755'", "'0755'"],
  ['1e3', '1e3', '1e3'],
  ['2024-01-02', "'2024-01-02'", "'2024-01-02'"],
  ['', "''", "''"],
  ["it's", "it's", "it's"],
  ['a: b', "'a: b'", "'a: b'"],
  ['a:b', 'a:b', 'a:b'],
  [['a:b', 'a,b', '?x'], "['a:b', 'a,b', '?x']", '- a:b\n- a,b\n- ?x'],
  ['a\tb', '"a\\tb"', '"a\\tb"'],
  ['a\nb', "'a\n\n  b'", "'a\n\n  b'"],
  ['😀', '"\\U0001F600"', '"\\U0001F600"'],
  ['é', 'é', 'é'],
  [null, 'null', 'null'],
  [
    [1, 'a', null, true, float(1), float(1e16)],
    '[1, a, null, true, 1.0, 1.0e+16]',
    '- 1\n- a\n- null\n- true\n- 1.0\n- 1.0e+16',
  ],
  [
    { b: 1, a: [{ c: null, d: [] }], e: {} },
    '{a: [{c: null, d: []}], b: 1, e: {}}',
    'a:\n- c: null\n  d: []\nb: 1\ne: {}',
  ],
  [[[1, 2], [3]], '[[1, 2], [3]]', '- - 1\n  - 2\n- - 3'],
  [new PyTuple([1, 2]), '[1, 2]', '- 1\n- 2'],
  [{ [`k${'x'.repeat(130)}`]: 1 }, `{? k${'x'.repeat(130)}\n  : 1}`, `? k${'x'.repeat(130)}\n: 1`],
  [
    Array.from({ length: 12 }, (_, index) => `item-${index}`),
    '[item-0, item-1, item-2, item-3, item-4, item-5, item-6, item-7, item-8, item-9, item-10,\n  item-11]',
    Array.from({ length: 12 }, (_, index) => `- item-${index}`).join('\n'),
  ],
  [
    `${'word '.repeat(18)}end`,
    `${'word '.repeat(17).trim()}\n  word end`,
    `${'word '.repeat(17).trim()}\n  word end`,
  ],
  [new PyFloat(Number.NaN), '.nan', '.nan'],
])('%# is written as PyYAML writes it', (value, flow, block) => {
  expect(dumpYaml(fromPlain(value), { flow: true })).toBe(flow);
  expect(dumpYaml(fromPlain(value), { flow: false })).toBe(block);
});

test('white space beyond ASCII at the ends is lost, as in Salt, which strips what PyYAML writes plain', () => {
  expect(dumpYaml('\u00a0a\u3000', { flow: true })).toBe('a');
  expect(dumpYaml('\u00a0', { flow: false })).toBe('');
  expect(dumpYaml('a: \u00a0', { flow: true })).toBe("'a: \u00a0'");
});

/** Line ends that YAML 1.1 folds, and white space that Salt strips. */
const unsafe = /[\x85\u2028\u2029]|^[\u00a0\u1680\u2000-\u3000]|[\u00a0\u1680\u2000-\u3000]$/;

test('what is written reads back', () => {
  const { value: arbitrary } = fc.letrec<{ value: Value }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.oneof(
        fc.string({ unit: 'grapheme', maxLength: 40 }).filter((text) => !unsafe.test(text)),
        fc.stringMatching(/^[ a:?#,[\]{}'"|>&*!%@0-9.\n-]{0,30}$/),
        fc.constantFrom<Value>(null, true, false, float(2), 0.25),
        fc.integer(),
      ),
      fc.array(tie('value'), { maxLength: 4 }),
      fc
        .uniqueArray(fc.tuple(fc.stringMatching(/^[a-z :#-]{0,8}$/), tie('value')), {
          maxLength: 4,
          selector: ([key]) => key,
        })
        .map((pairs): Value => new Map(pairs)),
    ),
  }));
  fc.assert(
    fc.property(arbitrary, fc.boolean(), (value, flow) => {
      const loaded = loadYaml({ file: 'x', text: dumpYaml(value, { flow }) });
      expect(loaded).toEqual({ ok: true, value });
    }),
    { numRuns: 1000 },
  );
}, 30_000);

test('quoting filters', () => {
  expect(yamlDquote('a"\n\xa0é😀')).toBe('"a\\"\\n\\_\\xE9\\U0001F600"');
  expect(yamlSquote("it's\na\n\nb")).toBe("'it''s\n\na\n\n\nb'");
  expect(yamlEncode('yes')).toBe('"yes"');
  expect(yamlEncode(null)).toBe('null');
  expect(yamlEncode(true)).toBe('true');
  expect(yamlEncode(float(1))).toBe('1.0');
  expect(yamlEncode(10n ** 20n)).toBe('100000000000000000000');
  expect(() => yamlEncode([1])).toThrow('yaml_encode() only works with YAML scalar data');
});
