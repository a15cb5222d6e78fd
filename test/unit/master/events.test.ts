import { describe, expect, it } from 'vitest';
import { fromPlain, type JobReturn, toPlain, type ValueMap } from '../../../src/core/index.ts';
import { isUsableJid, type JobRecord, newJobEvent } from '../../../src/master/jobs/job-record.ts';
import { returnEvents } from '../../../src/master/jobs/return-events.ts';
import { minionTagFault, wrapMinionEvent } from '../../../src/master/minions/minion-events.ts';
import { presenceEvents } from '../../../src/master/minions/presence.ts';

const jid = '20261122143835785046';
const nowMs = Date.UTC(2026, 10, 22, 14, 38, 35, 785);

const job: JobRecord = {
  load: {
    jid,
    fun: 'state.sls',
    arg: ['web'],
    kwarg: new Map(),
    tgt: 'web*',
    tgtType: 'glob',
    user: 'ann',
    ret: '',
    metadata: null,
    cause: { event: 'log-7', rule: 'r' },
    depth: 2,
  },
  minions: ['web1'],
  missing: [],
  atMs: nowMs,
};

const ret = (fields: Partial<JobReturn>): JobReturn => ({
  jid,
  fun: 'state.sls',
  funArgs: ['web'],
  return: true,
  retcode: 0,
  success: true,
  ...fields,
});

const facts = { id: 'web1', job, unasked: false, nowMs, isTooLong: false };

describe('events of jobs', () => {
  it('announce a job in the field order of Salt', () => {
    const { tag, data, head } = newJobEvent(job);
    expect(tag).toBe(`salt/job/${jid}/new`);
    expect([...data.keys()]).toEqual(['jid', 'tgt_type', 'tgt', 'user', 'fun', 'arg', 'minions', 'missing']);
    expect(head).toEqual({ source: 'master', depth: 2, cause: { event: 'log-7', rule: 'r' } });
  });

  it('tell a return in the field order of Salt, with the cause of its job', () => {
    const [event, ...more] = returnEvents({ ...facts, ret: ret({}) });
    expect(more).toEqual([]);
    expect([...(event?.data.keys() ?? [])]).toEqual(
      'cmd,id,success,return,retcode,jid,fun,fun_args,user,_stamp,ts'.split(','),
    );
    expect(event?.data.get('_stamp')).toBe('2026-11-22T14:38:35.785000+00:00');
    expect(event?.head).toEqual({ source: 'minion:web1', depth: 2, cause: { event: 'log-7', rule: 'r' } });
  });

  it('tell each failed state of an SLS run, under both of Salt’s tags', () => {
    const value = fromPlain({
      'pkg_|-a_|-nginx_|-installed': { result: false, comment: 'no', name: 'nginx' },
      'file_|-b_|-/x_|-managed': { result: true },
      'service_|-c_|-x_|-running': { result: null },
      odd: { result: false },
    });
    const events = returnEvents({ ...facts, ret: ret({ return: value, retcode: 2, success: false }) });
    expect(events.map(({ tag }) => tag)).toEqual([
      `salt/job/${jid}/ret/web1`,
      'pkg.installed',
      `salt/job/${jid}/sub/web1/error/state.sls`,
    ]);
    expect(toPlain(events[2]?.data ?? null)).toEqual({
      result: false,
      comment: 'no',
      name: 'nginx',
      retcode: 2,
      jid,
      id: 'web1',
      success: false,
      return: 'Error: pkg.installed',
      fun: 'state.sls',
      user: 'ann',
    });
    const applied = ret({ fun: 'state.apply', return: value, retcode: 2 });
    expect(returnEvents({ ...facts, ret: applied })).toHaveLength(1);
    expect(returnEvents({ ...facts, ret: ret({ return: value }) })).toHaveLength(1);
  });

  it('leave out a return that is too long', () => {
    const [event] = returnEvents({ ...facts, isTooLong: true, ret: ret({ return: 'x' }) });
    expect(event?.data.get('return')).toBe('VALUE_TRIMMED');
  });

  it.each([
    [jid, true],
    [`${jid}_1234`, true],
    [`${jid}_a/b`, false],
    [`${jid}_${'x'.repeat(60)}`, false],
    ['1234', false],
    ['', false],
  ])('take %j as a job id: %s', (text, expected) => {
    expect(isUsableJid(text)).toBe(expected);
  });
});

describe('events of minions', () => {
  it('carry the id of the session whatever the data says', () => {
    const data = fromPlain({ id: 'db1' }) as ValueMap;
    const event = wrapMinionEvent('web1', { tag: 'a/b', data, jid: null }, { source: 'minion:web1' }, nowMs);
    expect(toPlain(event.data)).toEqual({
      id: 'web1',
      cmd: '_minion_event',
      pretag: null,
      data: { id: 'db1' },
      tag: 'a/b',
      ts: Math.floor(nowMs / 1000),
      _stamp: '2026-11-22T14:38:35.785000+00:00',
    });
  });

  it.each([
    'my/tag',
    'salt/beacon/web1/load/',
    'salt/minion/web1/start',
    'minion_start',
    `salt/job/${jid}/prog/web1/0`,
    `salt/state_result/${jid}/web1/nginx`,
    'salt/engines/x',
    'salt/keys',
    'acme/salt/run/x',
  ])('may be %s', (tag) => {
    expect(minionTagFault(tag, 'web1')).toBeUndefined();
  });

  it.each([
    'salt/key',
    'salt/auth',
    jid,
    `salt/job/${jid}/new`,
    `salt/job/${jid}/publish`,
    `salt/job/${jid}/return`,
    `salt/job/${jid}/ret/web1`,
    `salt/job/${jid}/ret/db1`,
    `salt/job/${jid}/sub/db1/error/state.sls`,
    `salt/job/${jid}/prog/web10/0`,
    `salt/job/${jid}/prog/db1`,
    'salt/run/x',
    'salt/wheel/x/new',
    'salt/wheel/x/return',
    'salt/cloud/x/created',
    'salt/cluster/x',
    'salt/presence/present',
    'salt/reactors/manage/add',
    'acme/salt/reactors/manage/add',
    'salt/minion/db1/start',
    'salt/beacon/db1/load/',
    `salt/state_result/${jid}/db1/x`,
    '',
    'a\nb',
    'a\0b',
  ])('may not be %j', (tag) => {
    expect(minionTagFault(tag, 'web1')).toBeTypeOf('string');
  });
});

describe('presence', () => {
  const tell = (told: string[], now: string[], always: boolean) =>
    presenceEvents(new Set(told), now, always).map(({ tag, data }) => [tag, toPlain(data)]);

  it('is told when it changes, and when it is asked for', () => {
    expect(tell(['a'], ['a'], false)).toEqual([]);
    expect(tell([], [], true)).toEqual([['salt/presence/present', { present: [] }]]);
    expect(tell(['a', 'b'], ['b', 'c'], false)).toEqual([
      ['salt/presence/change', { new: ['c'], lost: ['a'] }],
      ['salt/presence/present', { present: ['b', 'c'] }],
    ]);
  });
});
