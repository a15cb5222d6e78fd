import { describe, expect, test } from 'vitest';
import { mapOf, type Value } from '../../../src/core/index.ts';
import { argumentsOf } from '../../../src/salt/plane/legacy.ts';
import { resolveTarget } from '../../../src/salt/plane/nodegroups.ts';
import { jidMs, stampMs, stampOf, stampOfJid } from '../../../src/salt/source/stamps.ts';
import { callTag, returnKey } from '../../../src/salt/source/tags.ts';

describe('nodegroups', () => {
  const groups = {
    list: ['web1', 'web2'],
    words: 'web1 web2',
    regex: ['web[12]'],
    compound: 'L@web1 or G@os:Debian',
    nested: 'N@list and not db*',
    loop: 'N@loop or a*',
  };

  test.each([
    ['list', 'L@web1,web2'],
    ['words', 'L@web1,web2'],
    ['regex', 'E@web[12]'],
    ['compound', '( L@web1 or G@os:Debian )'],
    ['nested', '( L@web1,web2 and not db* )'],
    ['loop', '( N@loop or a* )'],
    ['unknown', 'N@unknown'],
    ['toString', 'N@toString'],
  ])('%s becomes %s', (name, compound) => {
    expect(resolveTarget(name, 'nodegroup', groups)).toEqual({ tgt: compound, tgtType: 'compound' });
  });

  test('are resolved inside compound targets, and only there', () => {
    expect(resolveTarget('G@a:b and N@list', 'compound', groups).tgt).toBe('G@a:b and L@web1,web2');
    expect(resolveTarget('N@list', 'glob', groups)).toEqual({ tgt: 'N@list', tgtType: 'glob' });
    expect(resolveTarget(['a'], 'list', groups)).toEqual({ tgt: ['a'], tgtType: 'list' });
  });
});

describe("arguments in Salt's old format", () => {
  const chunk = (more: Record<string, Value>): ReturnType<typeof mapOf> =>
    mapOf({ state: 'runner', fun: 'x.y', __id__: 'a', __sls__: 's', name: 'a', order: 10_000, ...more });
  const of = (fun: string, legacy: ReturnType<typeof mapOf>, kind: 'runner' | 'wheel' = 'runner'): unknown =>
    argumentsOf({ kind, fun, arg: [], kwarg: new Map(), legacy });

  test('are passed by name, without the keys of the chunk', () => {
    const wanted = { arg: [], kwarg: mapOf({ mods: 'orch', pillar: 1 }) };
    expect(of('state.orchestrate', chunk({ mods: 'orch', pillar: 1 }))).toEqual(wanted);
    expect(of('key.accept', chunk({ match: 'web1' }), 'wheel')).toEqual({
      arg: [],
      kwarg: mapOf({ match: 'web1' }),
    });
  });

  test('hold a key of the chunk when the function has a parameter of its name', () => {
    expect(of('error.error', chunk({ message: 'm' }))).toEqual({
      arg: [],
      kwarg: mapOf({ name: 'a', message: 'm' }),
    });
  });

  test('are taken as they are when both arg and kwarg are given', () => {
    const kwarg = mapOf({ data: 1 });
    expect(of('event.send', chunk({ arg: ['t'], kwarg }))).toEqual({ arg: ['t'], kwarg });
  });
});

describe('time stamps', () => {
  test.each([
    ['2026-11-22T14:30:40.842424+00:00', Date.UTC(2026, 10, 22, 14, 30, 40, 842)],
    ['2026-11-22T14:30:40.842424', Date.UTC(2026, 10, 22, 14, 30, 40, 842)],
    ['2026-11-22T14:30:40', Date.UTC(2026, 10, 22, 14, 30, 40)],
    ['2026-11-22T14:30:40.5+02:00', Date.UTC(2026, 10, 22, 12, 30, 40, 500)],
    ['2014-01-12_01:01:49.809617', undefined],
    ['', undefined],
  ])('%s is read', (stamp, atMs) => {
    expect(stampMs(stamp)).toBe(atMs);
  });

  test('are written as the master writes them, and for a job id always the same', () => {
    const nowMs = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
    expect(stampOf(nowMs, 'naive')).toBe('2026-01-02T03:04:05.678000');
    expect(stampOf(nowMs, 'offset')).toBe('2026-01-02T03:04:05.678000+00:00');
    expect(stampOfJid('20260102030405678901', 'naive')).toBe('2026-01-02T03:04:05.678901');
    expect(jidMs('20260102030405678901')).toBe(nowMs);
  });
});

test('tags of calls are told from others', () => {
  const jid = '20260102030405678901';
  expect(callTag(`salt/job/${jid}/ret/web/1`)).toEqual({ kind: 'job', jid, what: 'ret', minion: 'web/1' });
  expect(callTag(`salt/run/${jid}/new`)).toEqual({ kind: 'run', jid, what: 'new', minion: '' });
  expect(callTag(`salt/job/${jid}_77/ret/a`)?.jid).toBe(`${jid}_77`);
  for (const tag of ['salt/job/1/ret/a', jid, 'salt/auth', `x/salt/job/${jid}/new`])
    expect(callTag(tag)).toBe(undefined);
  expect(returnKey(callTag(`salt/job/${jid}/ret/a`))).toBe(`${jid}/a`);
  expect(returnKey(callTag(`salt/run/${jid}/ret`))).toBe(undefined);
});
