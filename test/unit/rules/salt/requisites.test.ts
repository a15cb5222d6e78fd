import { expect, test } from 'vitest';
import { getString } from '../../../../src/core/index.ts';
import { loadYaml } from '../../../../src/render/index.ts';
import { compileHigh } from '../../../../src/rules/salt/index.ts';
import type { SaltRelease } from '../../../../src/rules/types.ts';

/** The IDs in dispatch order, or the codes of what stops them. */
function order(text: string, release: SaltRelease): string {
  const loaded = loadYaml({ file: '/1.sls', text });
  if (!loaded.ok) throw new Error('the case is no YAML');
  const { chunks, problems } = compileHigh([{ file: '/1.sls', high: loaded.value }], release);
  if (problems.length > 0) return problems.map(({ code }) => code).join(' ');
  return chunks.map((chunk) => getString(chunk, '__id__')).join(' ');
}

/** What real masters make of it: 3006 and 3007, then 3008. */
const cases: readonly (readonly [text: string, before: string, from3008: string])[] = [
  ['a: {runner.x.y: [{require: [{runner: b}]}]}\nb: runner.x.y', 'a b', 'b a'],
  ['a: {runner.x.y: [{require: [z]}]}\nz: runner.x.y\nm: runner.q.q', 'a m z', 'm z a'],
  ['a: {runner.x.y: [{require: [{runner: nope}]}]}', 'a', 'SLS_REQUISITE'],
  [
    'a: {runner.x.y: [{onfail: [{runner: b}]}]}\nb: {runner.x.y: [{order: 5}]}\nc: {runner.x.y: [{order: 1}]}',
    'c b a',
    'c b a',
  ],
  [
    'a: {runner.x.y: [{require: [{runner: b}]}]}\nb: {runner.x.y: [{require: [{runner: a}]}]}',
    'SLS_REQUISITE',
    'SLS_REQUISITE',
  ],
  [
    "a: {runner.x.y: [{watch: [{runner: 'b*'}]}]}\nb1: runner.x.y\nb2: runner.x.z\nc: runner.z.z",
    'a b1 b2 c',
    'b1 b2 a c',
  ],
  [
    'a: {runner.x.y: [{order: 1}, {require: [{runner: b}]}]}\nb: {runner.x.y: [{order: 50}]}\nc: {runner.x.y: [{order: 20}]}',
    'a c b',
    'b a c',
  ],
  ['a: {runner.x.y: [{require: [{runner.x: b}]}]}\nb: runner.x.y', 'SLS_REQUISITE', 'SLS_REQUISITE'],
  ['a: {runner.x.y: [{onfail: [{runner.x: b}]}]}\nb: runner.x.y', 'a b', 'SLS_REQUISITE'],
  ['a: {runner.x.y: [{require: [{runner: b, wheel: c}]}]}\nb: runner.x.y', 'a b', 'SLS_REQUISITE'],
  ['a: {runner.x.y: [{names: x}]}', 'a', 'SLS_NOT_A_LIST'],
  [
    'b: {runner.x.y: [{order: last}]}\na: {runner.x.y: [{require: [{runner: b}]}, {order: 3}]}\nc: runner.x.y',
    'a c b',
    'b a c',
  ],
  ['a: {runner.x.y: [{require: [{sls: /1.sls}]}]}', 'a', 'SLS_REQUISITE'],
];

test.each(cases)('%s', (text, before, from3008) => {
  expect(order(text, 3006)).toBe(before);
  expect(order(text, 3007)).toBe(before);
  expect(order(text, 3008)).toBe(from3008);
});

test.each([
  ['a: {runner.x.y: [{names: }]}', 'SLS_NOT_A_LIST', 'SLS_NOT_A_LIST'],
  ['a: {runner.x.y: [{names: {p: 1, q: 2}}]}', 'a a', 'SLS_NOT_A_LIST'],
  ['a: {runner.x.y: [{names: [{one: text}]}]}', 'SLS_NOT_A_LIST', 'SLS_NOT_A_LIST'],
  ['a: {runner.x.y: [{names: [[p, q], c]}]}', 'a a', 'SLS_NOT_A_LIST'],
])('names: %s', (text, before, from3008) => {
  expect(order(text, 3006)).toBe(before);
  expect(order(text, 3008)).toBe(from3008);
});

test('cmd is compared before it becomes local', () => {
  const text = 'a: {cmd.x.y: [{tgt: t}, {require: [{KIND: b}]}]}\nb: {cmd.x.y: [{tgt: t}]}';
  expect(order(text.replace('KIND', 'cmd'), 3008)).toBe('b a');
  expect(order(text.replace('KIND', 'local'), 3008)).toBe('SLS_REQUISITE');
});
