import { describe, expect, test } from 'vitest';
import { compileHigh } from '../../../../src/rules/salt/index.ts';
import { compile, compiled, yaml } from './high.ts';

const ids = (...texts: string[]): unknown[] => compile(...texts).chunks.map((chunk) => chunk.get('__id__'));
const codes = (...texts: string[]): string[] => compiled(...texts).codes;

describe('padding', () => {
  test('splits at the first dot only', () => {
    expect(compiled('a: runner.x.y.z')).toEqual({
      chunks: [yaml('{state: runner, name: a, __id__: a, fun: x.y.z, order: 1}')],
      codes: [],
    });
    expect(compiled('a: {runner.x.y.z: []}')).toEqual(compiled('a: runner.x.y.z'));
    expect(compiled('a: {runner: [x.y.z]}')).toEqual(compiled('a: runner.x.y.z'));
  });

  test('takes maps with several keys in the list', () => {
    expect(compiled('a: {local.test.ping: [{tgt: x, tgt_type: glob}, {ret: smtp}]}').chunks).toEqual([
      yaml('{state: local, name: a, __id__: a, tgt: x, tgt_type: glob, ret: smtp, fun: test.ping, order: 1}'),
    ]);
  });

  test('keeps two types below one ID, and warns of two functions of one type', () => {
    expect(ids('a: {local.x.y: [{tgt: t}], runner.x.y: []}')).toEqual(['a', 'a']);
    const two = compiled('a: {local.b.c: [{tgt: t}], local.a.b: [{tgt: t}]}');
    expect(two.codes).toEqual(['SLS_TYPE_REPEATED']);
    expect(two.chunks).toEqual([yaml('{state: local, name: a, __id__: a, tgt: t, fun: a.b, order: 1}')]);
  });

  test('leaves out a file with a body that is no map, and runs the others', () => {
    for (const text of ['include: [x]', 'a: text', 'a: ~', 'a: 5', 'a: {1: []}']) {
      const { chunks, problems } = compile(`${text}\nb: runner.x.y`, 'c: runner.x.y');
      expect(chunks.map((chunk) => chunk.get('__id__'))).toEqual(['c']);
      expect(problems).toMatchObject([{ code: 'SLS_BODY', file: '/1.sls', severity: 'error' }]);
    }
    expect(codes('[a, b]')).toEqual(['SLS_NOT_A_MAP']);
    expect(compiled('{}')).toEqual({ chunks: [], codes: [] });
  });
});

describe('verification', () => {
  test.each([
    ['a: {local.x.y: {tgt: a}}', 'SLS_NOT_A_LIST'],
    ['a: {runner.fileserver.update: }', 'SLS_NOT_A_LIST'],
    ['a: {local: text}', 'SLS_NOT_A_LIST'],
    ['a: {local: [{tgt: x}]}', 'SLS_NO_FUNCTION'],
    ['a: {local.x.y: [tgt, {a: b}]}', 'SLS_MANY_FUNCTIONS'],
    ['a: {local: [x.y z]}', 'SLS_FUNCTION_SPACE'],
    ['a: {local.x.y: [{}]}', 'SLS_EMPTY_ARGUMENT'],
    ['5: runner.x.y', 'SLS_ID'],
    ['~: runner.x.y', 'SLS_ID'],
    ['a: {local.x.y: [{require: z}]}', 'SLS_REQUISITE'],
    ['a: {local.x.y: [{require: [5]}]}', 'SLS_REQUISITE'],
    ['a: {local.x.y: [{watch: [{file.managed: z}]}]}', 'SLS_REQUISITE'],
    ['a: {local.x.y: [{prereq: [{local: [z]}]}]}', 'SLS_REQUISITE'],
    ['a: {local.x.y: [{require: [{local: z}], tgt: t}]}', 'SLS_REQUISITE'],
    [
      '{a: {local.x.y: [{require: [{local: b}]}]}, b: {local.x.y: [{require: [{local: a}]}]}}',
      'SLS_REQUISITE',
    ],
  ])('%s: %s, and nothing of the event runs', (text, code) => {
    const { chunks, codes: found } = compiled('good: runner.x.y', text);
    expect(found).toContain(code);
    expect(chunks).toEqual([]);
  });

  test('ships requisites that are in order', () => {
    const { chunks, codes: found } = compiled(
      'a: {local.x.y: [{tgt: t}, {require: [{local: b}]}]}\nb: {local.x.y: [{tgt: t}]}',
    );
    expect(found).toEqual([]);
    expect(chunks[1]).toEqual(
      yaml('{state: local, name: a, __id__: a, tgt: t, require: [{local: b}], fun: x.y, order: 1}'),
    );
  });

  test('skips IDs that begin with two underscores', () => {
    expect(compiled('__rule__: {on: x, if: 5}\na: runner.x.y').chunks).toHaveLength(1);
    expect(compiled('a: {__env__: base, runner.x.y: []}').chunks).toHaveLength(1);
  });
});

describe('merging', () => {
  test('a later file replaces an ID in its position, and that is a warning', () => {
    const { chunks, problems } = compile('{a: runner.one.f, b: runner.one.f}', '{a: runner.two.f}');
    expect(chunks.map((chunk) => [chunk.get('__id__'), chunk.get('fun'), chunk.get('__sls__')])).toEqual([
      ['a', 'two.f', '/2.sls'],
      ['b', 'one.f', '/1.sls'],
    ]);
    expect(problems).toMatchObject([{ code: 'SLS_ID_REPLACED', severity: 'warning', file: '/2.sls' }]);
  });

  test('problems stand at the line of their ID', () => {
    const file = {
      file: '/x.sls',
      high: yaml('a: {local.x.y: }'),
      lineOf: (id: string) => (id === 'a' ? 7 : 1),
    };
    expect(compileHigh([file]).problems).toMatchObject([{ file: '/x.sls', line: 7 }]);
  });
});

describe('order', () => {
  test('is alphabetical by type, name and function when nothing else is said', () => {
    expect(ids('{z: cmd.x.y, a: runner.x.y, b: local.x.y, c: caller.x.y}')).toEqual(['c', 'z', 'b', 'a']);
    expect(ids('{b: runner.x.y, B: runner.x.y, a: {runner.x.y: [{name: zz}]}}')).toEqual(['B', 'b', 'a']);
  });

  test('follows numbers, first, last and negative numbers', () => {
    const sls = `
      a: {runner.x.y: [{order: last}]}
      b: {runner.x.y: [{order: 5}]}
      c: {runner.x.y: [{order: -1}]}
      d: runner.x.y
      e: {runner.x.y: [{order: first}]}
      f: {runner.x.y: [{order: 1}]}
      g: {runner.x.y: [{order: odd}]}
      h: {runner.x.y: [{order: 1.5}]}`;
    const { chunks } = compile(sls);
    expect(chunks.map((chunk) => [chunk.get('__id__'), chunk.get('order')])).toEqual([
      ['e', 0],
      ['f', 1],
      ['h', 1.5],
      ['b', 5],
      ['d', 105],
      ['g', 105],
      ['c', 1_000_104],
      ['a', 1_000_105],
    ]);
  });
});

test('names multiplies a chunk', () => {
  const { chunks } = compiled('a: {local.x.y: [{tgt: t}, {order: 2}, {names: [m, {n: [{arg: [1]}]}]}]}');
  expect(chunks).toEqual([
    yaml('{state: local, name: m, __id__: a, tgt: t, order: 2.0001, fun: x.y}'),
    yaml('{state: local, name: n, __id__: a, tgt: t, order: 2.0002, arg: [1], fun: x.y}'),
  ]);
  expect(compiled('a: {local.x.y: [{names: [m, m]}]}').chunks).toEqual([
    yaml('{state: local, name: m, __id__: a, fun: x.y, order: 1.0001}'),
  ]);
});

test('arguments may override what a chunk is', () => {
  expect(compiled('a: {local.x.y: [{state: cmd}, {fun: lost}, {__id__: b}, {name: c}]}').chunks).toEqual([
    yaml('{state: local, name: c, __id__: b, fun: x.y, order: 1}'),
  ]);
});
