import { describe, expect, test } from 'vitest';
import type { Value } from '../../../../src/core/index.ts';
import { action, compiled, yaml } from './high.ts';

const call = (line: string): unknown => action(`a: {${line}}`);

describe('local', () => {
  test('takes its target, options and nothing else', () => {
    expect(
      call("local.test.ping: [{tgt: 'os:x'}, {expr_form: grain}, {timeout: 3}, {ret: smtp}, {subset: 1}]"),
    ).toEqual({
      kind: 'local',
      fun: 'test.ping',
      tgt: 'os:x',
      tgtType: 'glob',
      arg: [],
      kwarg: new Map(),
      ret: 'smtp',
      timeoutS: 3,
      metadata: null,
    });
    expect(call('local.test.ping: [{tgt: [m, n]}, {tgt_type: list}, {metadata: {k: v}}]')).toMatchObject({
      tgt: ['m', 'n'],
      tgtType: 'list',
      metadata: yaml('{k: v}'),
    });
    expect(call('local.test.ping: [{tgt: 5}]')).toMatchObject({ tgt: 5 });
  });

  test('needs a target', () => {
    expect(call('local.test.ping: []')).toBe('SLS_NO_TARGET');
  });

  test('walks a legacy arg as Salt does', () => {
    expect(call('local.x.y: [{tgt: t}, {arg: ab}]')).toMatchObject({ arg: ['a', 'b'] });
    expect(call('local.x.y: [{tgt: t}, {arg: [1, [2]]}, {kwarg: {k: v}}]')).toMatchObject({
      arg: [1, [2]],
      kwarg: yaml('{k: v}'),
    });
    expect(call('local.x.y: [{tgt: t}, {arg: 5}]')).toBe('SLS_ARGUMENTS');
    expect(call('local.x.y: [{tgt: t}, {kwarg: [k]}]')).toMatchObject({ kwarg: yaml('{}') });
    expect(call('caller.x.y: [{kwarg: [k]}]')).toBe('SLS_ARGUMENTS');
  });
});

describe('args', () => {
  test.each<[string, string | Value]>([
    ['{a: 1}', yaml('{a: 1}')],
    ['{}', yaml('{}')],
    ['[]', 'SLS_ARGUMENTS'],
    ['', 'SLS_ARGUMENTS'],
    ['5', 'SLS_ARGUMENTS'],
    ['[foo, 3]', yaml('{foo: ~, 3: ~}')],
    ['[1.5, {b: [c]}]', yaml('{1.5: ~, b: [c]}')],
    ['[{a: 1, b: 2}]', 'SLS_ARGUMENTS'],
    ['[[x]]', 'SLS_ARGUMENTS'],
    ['[~]', 'SLS_ARGUMENTS'],
    ['[{}]', 'SLS_ARGUMENTS'],
    ['"[{a: 1}, b]"', yaml('{a: 1, b: ~}')],
    ['"a: 1"', 'SLS_ARGUMENTS'],
    ['"[unclosed"', 'SLS_ARGUMENTS'],
  ])('%s', (args, expected) => {
    const made = call(`runner.x.y: [{args: ${args}}]`);
    expect(typeof made === 'string' ? made : (made as { kwarg: Value }).kwarg).toEqual(expected);
  });

  test('of a caller that are not all one-key maps are positional', () => {
    expect(call('caller.test.ping: [{args: [p, {a: 1}]}]')).toMatchObject({
      arg: ['p', yaml('{a: 1}')],
      kwarg: new Map(),
    });
    expect(call('caller.x.y: [{args: [{a: 1}, {b: 2}]}]')).toMatchObject({
      arg: [],
      kwarg: yaml('{a: 1, b: 2}'),
    });
    expect(call('caller.x.y: [{args: []}]')).toBe('SLS_ARGUMENTS');
    expect(call('caller.x.y: []')).toEqual({
      kind: 'caller',
      fun: 'x.y',
      arg: [],
      kwarg: new Map(),
      legacy: null,
    });
  });

  test('win over arg and kwarg, with a warning', () => {
    const sls = 'a: {local.x.y: [{tgt: t}, {args: [{a: 1}]}, {arg: [z]}]}';
    expect(action(sls)).toMatchObject({ arg: [], kwarg: yaml('{a: 1}') });
    expect(compiled(sls).codes).toEqual(['SLS_ARGUMENTS_IGNORED']);
  });
});

describe('legacy runner and wheel', () => {
  test('leave the arguments to the function signature', () => {
    const made = call('runner.state.orchestrate: [{mods: m}, {pillar: {a: 1}}]') as {
      legacy: Map<string, Value>;
    };
    expect(made).toMatchObject({ kind: 'runner', fun: 'state.orchestrate', arg: [] });
    expect(made.legacy.get('mods')).toBe('m');
    expect(made.legacy.get('name')).toBe('a');
  });

  test('take arg and kwarg together as they are', () => {
    expect(call('runner.event.send: [{arg: [t]}, {kwarg: {data: {x: 1}}}]')).toEqual({
      kind: 'runner',
      fun: 'event.send',
      arg: ['t'],
      kwarg: yaml('{data: {x: 1}}'),
      legacy: null,
    });
    expect(call('wheel.x.y: [{arg: [t]}]')).toHaveProperty('legacy');
  });
});

test('an unknown type is a problem with a suggestion', () => {
  expect(call('foo.one.f: [{tgt: x}]')).toBe('SLS_UNKNOWN_TYPE');
});

test('expr_form is a warning', () => {
  expect(compiled("a: {local.x.y: [{tgt: 'os:x'}, {expr_form: grain}]}").codes).toEqual(['SLS_EXPR_FORM']);
});
