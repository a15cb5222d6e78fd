import { expect, test } from 'vitest';
import { mapOf } from '../../../../src/core/index.ts';
import { action, compiled, yaml } from './high.ts';

/** Salt's own table of reactor forms: rendered SLS, its low chunk, the call that comes out. */
const cases: Record<string, { sls: string; chunk: string; action: Record<string, unknown> }> = {
  old_runner: {
    sls: 'raise_error:\n  runner.error.error:\n    - name: Exception\n    - message: This is an error',
    chunk:
      '{state: runner, name: Exception, __id__: raise_error, message: This is an error, fun: error.error, order: 1}',
    action: { kind: 'runner', fun: 'error.error', arg: [], kwarg: yaml('{}'), legacy: 'chunk' },
  },
  new_runner: {
    sls: 'raise_error:\n  runner.error.error:\n    - args:\n      - name: Exception\n      - message: This is an error',
    chunk:
      '{state: runner, name: raise_error, __id__: raise_error, args: [{name: Exception}, {message: This is an error}], fun: error.error, order: 1}',
    action: {
      kind: 'runner',
      fun: 'error.error',
      arg: [],
      kwarg: mapOf({ name: 'Exception', message: 'This is an error' }),
      legacy: null,
    },
  },
  old_wheel: {
    sls: 'remove_key:\n  wheel.key.delete:\n    - match: foo',
    chunk: '{state: wheel, name: remove_key, __id__: remove_key, match: foo, fun: key.delete, order: 1}',
    action: { kind: 'wheel', fun: 'key.delete', arg: [], kwarg: yaml('{}'), legacy: 'chunk' },
  },
  new_wheel: {
    sls: 'remove_key:\n  wheel.key.delete:\n    - args:\n      - match: foo',
    chunk:
      '{state: wheel, name: remove_key, __id__: remove_key, args: [{match: foo}], fun: key.delete, order: 1}',
    action: { kind: 'wheel', fun: 'key.delete', arg: [], kwarg: mapOf({ match: 'foo' }), legacy: null },
  },
  old_caller: {
    sls: 'touch_file:\n  caller.file.touch:\n    - args:\n      - /tmp/foo',
    chunk:
      '{state: caller, name: touch_file, __id__: touch_file, args: [/tmp/foo], fun: file.touch, order: 1}',
    action: { kind: 'caller', fun: 'file.touch', arg: ['/tmp/foo'], kwarg: yaml('{}'), legacy: null },
  },
  new_caller: {
    sls: 'touch_file:\n  caller.file.touch:\n    - args:\n      - name: /tmp/foo',
    chunk:
      '{state: caller, name: touch_file, __id__: touch_file, args: [{name: /tmp/foo}], fun: file.touch, order: 1}',
    action: { kind: 'caller', fun: 'file.touch', arg: [], kwarg: mapOf({ name: '/tmp/foo' }), legacy: null },
  },
  ...local('local'),
  ...local('cmd'),
};

function local(type: string): typeof cases {
  const common = {
    kind: 'local',
    fun: 'state.single',
    tgt: 'test',
    tgtType: 'glob',
    ret: '',
    timeoutS: null,
    metadata: null,
  };
  return {
    [`old_${type}`]: {
      sls: `install_zsh:\n  ${type}.state.single:\n    - tgt: test\n    - arg:\n      - pkg.installed\n      - zsh\n    - kwarg:\n        fromrepo: updates`,
      chunk:
        '{state: local, name: install_zsh, __id__: install_zsh, tgt: test, arg: [pkg.installed, zsh], kwarg: {fromrepo: updates}, fun: state.single, order: 1}',
      action: { ...common, arg: ['pkg.installed', 'zsh'], kwarg: mapOf({ fromrepo: 'updates' }) },
    },
    [`new_${type}`]: {
      sls: `install_zsh:\n  ${type}.state.single:\n    - tgt: test\n    - args:\n      - fun: pkg.installed\n      - name: zsh\n      - fromrepo: updates`,
      chunk:
        '{state: local, name: install_zsh, __id__: install_zsh, tgt: test, args: [{fun: pkg.installed}, {name: zsh}, {fromrepo: updates}], fun: state.single, order: 1}',
      action: {
        ...common,
        arg: [],
        kwarg: mapOf({ fun: 'pkg.installed', name: 'zsh', fromrepo: 'updates' }),
      },
    },
  };
}

test.each(Object.entries(cases))('%s', (_name, { sls, chunk, action: expected }) => {
  expect(compiled(sls)).toEqual({ chunks: [yaml(chunk)], codes: [] });
  const made = action(sls);
  if (expected['legacy'] !== 'chunk') expect(made).toEqual(expected);
  else {
    expect(made).toMatchObject({ kind: expected['kind'], fun: expected['fun'], arg: [] });
    const { legacy } = made as { legacy: Map<string, unknown> };
    expect([...legacy].filter(([key]) => key !== '__sls__')).toEqual([
      ...(yaml(chunk) as Map<string, unknown>),
    ]);
  }
});
