import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Value } from '../../../src/core/index.ts';
import {
  mayCall,
  readPermissions,
  sortedPermissions,
  targetsFor,
} from '../../../src/http/users/permissions.ts';

const none = new Map<Value, Value>();

describe('permissions for jobs', () => {
  it.each<[string, unknown[], string, 'everywhere' | string[]]>([
    ['a pattern', ['test.*'], 'test.ping', 'everywhere'],
    ['a pattern, anchored at the start only, as in Salt', ['test.pi'], 'test.ping', 'everywhere'],
    ['no pattern', ['test.*'], 'cmd.run', []],
    ['a pattern that is elsewhere in the name', ['ping'], 'test.ping', []],
    ['an alternative that must not escape the anchor', ['a|ping'], 'test.ping', []],
    ['a target', [{ 'web*': ['test.*'] }], 'test.ping', ['web*']],
    ['a target with one function', [{ 'web*': 'test.ping' }], 'test.ping', ['web*']],
    [
      'several targets',
      [{ 'web*': ['test.*'] }, { 'db*': ['test.ping', 'x'] }, { z: ['x'] }],
      'test.ping',
      ['web*', 'db*'],
    ],
    ['what is for runners only', ['@runner', { '@runner': ['test.*'] }], 'test.ping', []],
    ['what everybody may ask', [], 'saltutil.find_job', 'everywhere'],
  ])('knows %s', (_name, perms, fun, targets) => {
    expect(targetsFor(readPermissions(perms), fun, [], none)).toEqual(targets);
  });

  it('looks at arguments where it is told to', () => {
    const perms = readPermissions([
      {
        '*': [
          { 'test.echo': { args: ['hi$'], kwargs: { to: 'me' } } },
          { 'test.arg': [{ args: [null, '5'] }] },
        ],
      },
    ]);
    const ask = (fun: string, arg: Value[], kwarg: [string, Value][] = []): boolean =>
      targetsFor(perms, fun, arg, new Map<Value, Value>(kwarg)).length > 0;
    expect(ask('test.echo', ['hi'], [['to', 'me']])).toBe(true);
    expect(ask('test.echo', ['hi'])).toBe(false);
    expect(ask('test.echo', ['high'], [['to', 'me']])).toBe(false);
    expect(ask('test.echo', [], [['to', 'me']])).toBe(false);
    expect(ask('test.arg', ['anything', 5])).toBe(true);
    expect(ask('test.arg', [5])).toBe(false);
    // A list or a map has no text that a pattern could be about.
    expect(ask('test.echo', [['hi']], [['to', 'me']])).toBe(false);
  });
});

describe('permissions for runners and wheels', () => {
  it.each<[unknown[], 'runner' | 'wheel', string, boolean]>([
    [['@runner'], 'runner', 'manage.up', true],
    [['@runner'], 'wheel', 'key.list', false],
    [['@wheel'], 'wheel', 'key.list', true],
    [['@jobs'], 'runner', 'jobs.list_jobs', true],
    [['@jobs'], 'runner', 'manage.up', false],
    [['@key'], 'wheel', 'key.delete', true],
    [[{ '@runner': ['manage.up'] }], 'runner', 'manage.up', true],
    [[{ '@runner': ['manage.up'] }], 'runner', 'manage.down', false],
    [[{ '@jobs': ['list_jobs'] }], 'runner', 'jobs.list_jobs', true],
    [[{ '@jobs': ['list_jobs'] }], 'runner', 'jobs.active', false],
    [['.*'], 'runner', 'manage.up', false],
    [['@runner'], 'runner', 'manage', false],
    [['@runner'], 'runner', 'a.b.c', false],
  ])('%j and %s %s: %s', (perms, kind, fun, may) => {
    expect(mayCall(readPermissions(perms), kind, fun, [], none)).toBe(may);
  });

  it('never let a job’s pattern call a runner', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('.*', 'key.*', 'runner', '')), (perms) => {
        expect(mayCall(readPermissions(perms), 'wheel', 'key.accept', [], none)).toBe(false);
      }),
    );
  });
});

describe('reading permissions', () => {
  it.each([
    ['.*'],
    [{}],
    [[{ a: ['x'], b: ['y'] }]],
    [['(']],
    [[{ 'web*': ['('] }]],
    [[5]],
    [[{ 'web*': [{ f: { args: 'x' } }] }]],
  ])('refuses %j', (raw) => {
    expect(() => readPermissions(raw === '.*' ? raw : raw)).toThrowError(
      expect.objectContaining({ code: 'BAD_ARGUMENT' }),
    );
  });

  it('sorts them as a login tells them', () => {
    const perms = readPermissions(['test.*', { m1: ['x'] }, '@jobs', { '@runner': ['manage.up'] }]);
    expect(sortedPermissions(perms)).toEqual([
      '@jobs',
      'test.*',
      { '@runner': ['manage.up'] },
      { m1: ['x'] },
    ]);
  });
});
