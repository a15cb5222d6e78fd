import { expect, test } from 'vitest';
import { float, fromPlain, type Value } from '../../../../src/core/index.ts';
import { yamlifyArg } from '../../../../src/render/yaml/index.ts';

test.each([
  '',
  '   ',
  '---',
  ' --- ',
  '...',
  '1_000',
  ' 1_2 ',
  '_',
  'a\tb',
  '{a: 1}\n',
  'a\rb',
  '#',
  'a # b',
  ' # x',
])('%j stays text', (text) => {
  expect(yamlifyArg(text)).toBe(text);
});

test.each([
  'a: b',
  'a: {b: c}',
  '- a',
  ' {a: 1}',
  ' [a]',
  '|',
  '!',
  '!!binary aGk=',
  '!!set {a}',
  '{a',
  '*a',
  'a: b: c',
  '@x',
])('%j is YAML that stays text', (text) => {
  expect(yamlifyArg(text)).toBe(text);
});

test.each<[string, Value]>([
  ['None', null],
  ['null', null],
  ['~', null],
  ['yes', true],
  ['on', true],
  ['Off', false],
  ['0755', 755],
  ['1e3', '1e3'],
  ['1.0', float(1)],
  ['12:30', 750],
  ['2024-01-02', '2024-01-02'],
  ['20240203100010123456', 20240203100010123456n],
  ['{a: 1, b: [yes]}', fromPlain({ a: 1, b: [true] })],
  ['[1, x]', [1, 'x']],
  ['{a: "#b"}', fromPlain({ a: '#b' })],
  ['5 # five', 5],
  ["'quoted'", 'quoted'],
  ['word', 'word'],
  ['"#"', '"#"'],
])('%s is what YAML says', (text, expected) => {
  expect(yamlifyArg(text)).toEqual(expected);
});
