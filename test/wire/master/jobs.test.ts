import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../support/temp.ts';
import { attached, FakeMinion, ids, startMaster, type TestMaster, text } from './support.ts';

type Answer = {
  jid: string | null;
  minions: string[];
  missing: string[];
  error?: string;
  repeated?: boolean;
};

const ping = { fun: 'test.ping', arg: [], kwarg: {}, user: 'ann' };

async function job(test: TestMaster, fields: { [key: string]: string | string[] }): Promise<Answer> {
  return (await test.ask('job', { ...ping, ...fields })) as Answer;
}

describe('jobs', () => {
  it('go to the minions of the target, and their returns become events', async () => {
    using folder = temporaryFolder();
    await using test = await startMaster(folder.path);
    await test.watch();
    await using minion = await attached(test, 'web1');
    await using other = await attached(test, 'db1');
    const answer = await test.askMap('job', {
      tgt: 'web*',
      tgt_type: 'glob',
      fun: 'test.arg',
      arg: ['a', 1],
      kwarg: { k: 'v' },
      user: 'ann',
    });
    expect(answer).toEqual({ jid: expect.stringMatching(/^\d{20}$/), minions: ['web1'], missing: [] });
    const jid = text(answer['jid']);
    const [load] = await minion.received(1);
    expect(load).toMatchObject({ jid, fun: 'test.arg', arg: ['a', 1], kwarg: { k: 'v' }, user: 'ann' });
    expect(other.jobs).toEqual([]);

    const [created] = await test.events(/\/new$/);
    expect(created).toMatchObject({
      tag: `salt/job/${jid}/new`,
      data: {
        jid,
        tgt_type: 'glob',
        tgt: 'web*',
        user: 'ann',
        fun: 'test.arg',
        arg: ['a', 1, { __kwarg__: true, k: 'v' }],
        minions: ['web1'],
        missing: [],
        _stamp: expect.stringMatching(/^\d{4}-.*\+00:00$/),
      },
    });

    await minion.ret(jid, {
      fun: 'test.arg',
      fun_args: ['a', 1],
      return: { x: 1 },
      retcode: 2,
      success: false,
    });
    const [returned] = await test.events(/\/ret\//);
    expect(returned).toMatchObject({
      tag: `salt/job/${jid}/ret/web1`,
      data: {
        cmd: '_return',
        id: 'web1',
        success: false,
        return: { x: 1 },
        retcode: 2,
        jid,
        fun: 'test.arg',
        fun_args: ['a', 1],
        user: 'ann',
      },
      head: { source: 'minion:web1' },
    });
    const looked = await test.askMap('run', { fun: 'jobs.lookup_jid', arg: [jid], kwarg: {}, user: 'ann' });
    expect(looked).toMatchObject({ success: true, return: { web1: { x: 1 } } });
  });

  it('answer a repeated jid without doing anything again', async () => {
    using folder = temporaryFolder();
    await using test = await startMaster(folder.path);
    await test.watch();
    await using minion = await attached(test, 'web1');
    const jid = ids.jid();
    const both = await Promise.all([job(test, { tgt: 'web1', jid }), job(test, { tgt: 'web1', jid })]);
    expect(both.filter(({ repeated }) => repeated === true)).toHaveLength(1);
    expect(await job(test, { tgt: 'nobody', jid })).toMatchObject({ jid, minions: ['web1'], repeated: true });
    await minion.received(1);
    expect(await test.eventsUntilNow(/^salt\/job\/.*\/new$/)).toHaveLength(1);
    expect(minion.jobs).toHaveLength(1);
  });

  it('take each return once', async () => {
    using folder = temporaryFolder();
    await using test = await startMaster(folder.path);
    await test.watch();
    await using minion = await attached(test, 'web1');
    const { jid } = await job(test, { tgt: 'web1' });
    await Promise.all([minion.ret(String(jid)), minion.ret(String(jid))]);
    await minion.ret(String(jid), { return: 'another story' });
    const returned = await test.eventsUntilNow(/\/ret\/web1$/);
    expect(returned.map(({ data }) => data['return'])).toEqual([true]);
  });

  it('are sent again to a minion that comes back, until it has them', async () => {
    using folder = temporaryFolder();
    await using test = await startMaster(folder.path);
    await using minion = await attached(test, 'web1');
    await minion.disconnect();
    const first = await job(test, { tgt: 'web1' });
    await minion.attach(test.master);
    expect(await minion.received(1)).toMatchObject([{ jid: first.jid }]);
    await minion.disconnect();
    await minion.attach(test.master);
    expect(await minion.received(2)).toMatchObject([{ jid: first.jid }, { jid: first.jid }]);
    await minion.work('got', { jids: [String(first.jid)] });
    await minion.disconnect();
    await minion.attach(test.master);
    const second = await job(test, { tgt: 'web1' });
    expect((await minion.received(3)).map(({ jid }) => jid)).toEqual([first.jid, first.jid, second.jid]);
  });

  it('outlive the master: jobs, returns, keys, grains and what was not delivered', async () => {
    using folder = temporaryFolder();
    const jid = ids.jid();
    await using minion = new FakeMinion('web1');
    let publicKey = '';
    {
      await using test = await startMaster(folder.path);
      publicKey = test.master.publicKey;
      await test.ask('introduce', { id: 'web1', public_key: minion.keys.publicKey });
      await minion.attach(test.master, { os: 'Debian' });
      const done = await job(test, { tgt: 'web1', jid });
      await minion.ret(String(done.jid));
      await minion.disconnect();
      await job(test, { tgt: 'web1' });
    }
    await using test = await startMaster(folder.path);
    expect(test.master.publicKey).toBe(publicKey);
    await test.watch(1);
    expect(await job(test, { tgt: 'web1', jid })).toMatchObject({ jid, repeated: true });
    expect(await job(test, { tgt: 'os:debian', tgt_type: 'grain' })).toMatchObject({ minions: ['web1'] });
    await minion.attach(test.master);
    expect(await minion.received(3)).toHaveLength(3);
    expect(minion.jobs.filter((load) => load['jid'] === jid)).toHaveLength(1);
    expect(await test.events(new RegExp(`^salt/job/${jid}/`), 2)).toHaveLength(2);
  });

  it('say when nobody matches, and refuse what is no target', async () => {
    using folder = temporaryFolder();
    await using test = await startMaster(folder.path, { nodegroups: { web: 'L@web1,web2' } });
    await using minion = await attached(test, 'web1');
    await using other = await attached(test, 'db1');
    expect(await job(test, { tgt: 'x*' })).toEqual({
      jid: null,
      minions: [],
      missing: [],
      error: 'Master could not resolve minions for target x*',
    });
    expect(await job(test, { tgt: ['web1', 'gone'], tgt_type: 'list' })).toMatchObject({
      minions: ['web1'],
      missing: ['gone'],
    });
    expect(await job(test, { tgt: 'web', tgt_type: 'nodegroup' })).toMatchObject({
      minions: ['web1'],
      missing: ['web2'],
    });
    await expect(job(test, { tgt: 'web', tgt_type: 'compund' })).rejects.toMatchObject({
      code: 'BAD_ARGUMENT',
      message: expect.stringContaining('compound'),
    });
    await expect(job(test, { tgt: '*', jid: 'mine' })).rejects.toMatchObject({ code: 'BAD_ARGUMENT' });
    expect([minion.jobs.length, other.jobs.length]).toEqual([2, 0]);
  });

  it('that a minion ran unasked get a jid, a record and Salt’s event', async () => {
    using folder = temporaryFolder();
    await using test = await startMaster(folder.path);
    await test.watch();
    await using minion = await attached(test, 'web1');
    await minion.ret('req', { fun: 'state.apply', fun_args: ['web'] });
    const [returned] = await test.events(/\/ret\/web1$/);
    expect(returned?.data).toMatchObject({
      jid: expect.stringMatching(/^\d{20}$/),
      fun: 'state.apply',
      arg: ['web'],
      tgt: 'web1',
      tgt_type: 'glob',
    });
    const listed = await test.askMap('run', { fun: 'jobs.list_jobs', arg: [], kwarg: {}, user: 'ann' });
    expect(Object.keys(listed['return'] as object)).toEqual([returned?.data['jid']]);
  });

  it('carry no return longer than an event may be, but keep it', async () => {
    using folder = temporaryFolder();
    await using test = await startMaster(folder.path);
    await test.watch();
    await using minion = await attached(test, 'web1');
    const { jid } = await job(test, { tgt: 'web1' });
    const long = 'x'.repeat(2 << 20);
    await minion.ret(String(jid), { return: long });
    const [returned] = await test.events(/\/ret\/web1$/);
    expect(returned?.data['return']).toBe('VALUE_TRIMMED');
    const links = await test.askMap('run', {
      fun: 'jobs.exit_success',
      arg: [String(jid)],
      kwarg: {},
      user: 'a',
    });
    expect(links['return']).toEqual({ web1: true });
  });

  it('of others cannot be answered by a minion', async () => {
    using folder = temporaryFolder();
    await using test = await startMaster(folder.path);
    await test.watch();
    await using minion = await attached(test, 'web1');
    await using thief = await attached(test, 'db1');
    const { jid } = await job(test, { tgt: 'web1' });
    await thief.ret(String(jid));
    expect(await test.eventsUntilNow(/\/ret\/db1$/)).toEqual([]);
    await minion.ret(String(jid));
    await test.events(/\/ret\/web1$/);
  });
});

describe('events of minions', () => {
  it('arrive wrapped, with the id of the session and the cause of their job', async () => {
    using folder = temporaryFolder();
    await using test = await startMaster(folder.path);
    await test.watch();
    await using minion = await attached(test, 'web1');
    const jid = ids.jid();
    await test.ask('submit', [reactionFor(jid)]);
    await minion.work('event', {
      events: [
        { tag: 'my/tag', data: { id: 'db1', x: 1 } },
        { tag: 'my/other', data: 'text', jid },
      ],
    });
    const [mine, other] = await test.events(/^my\//, 2);
    expect(mine?.data).toMatchObject({
      cmd: '_minion_event',
      id: 'web1',
      tag: 'my/tag',
      data: { id: 'db1', x: 1 },
      pretag: null,
    });
    expect(mine?.head).toEqual({ source: 'minion:web1' });
    expect(other?.data).toMatchObject({ data: 'text', jid });
    expect(other?.head).toMatchObject({
      cause: { event: 'log-7', rule: 'r' },
      depth: 3,
      source: 'minion:web1',
    });
  });

  it('are refused under tags of the master and of other minions, and the rest is taken', async () => {
    using folder = temporaryFolder();
    await using test = await startMaster(folder.path);
    await test.watch();
    await using minion = await attached(test, 'web1');
    const forged = [
      'salt/key',
      'salt/auth',
      'salt/job/20261122143835785046/new',
      'salt/job/20261122143835785046/publish',
      'salt/job/20261122143835785046/ret/db1',
      'salt/job/20261122143835785046/prog/db1/0',
      'salt/run/20261122143835785046/ret',
      'salt/wheel/20261122143835785046/new',
      'salt/cloud/x/created',
      'salt/presence/change',
      'salt/reactors/manage/add',
      'salt/minion/db1/start',
      'two\nlines',
      '',
    ];
    const answer = await minion.work('event', {
      events: [...forged, 'salt/minion/web1/start', 'salt/job/20261122143835785046/prog/web1/0'].map(
        (tag) => ({
          tag,
          data: {},
        }),
      ),
    });
    expect((answer['refused'] as number[][]).map(([index]) => index)).toEqual(
      forged.map((_, index) => index),
    );
    const seen = await test.eventsUntilNow(/./);
    const tags = seen.map(({ tag }) => tag).filter((tag) => !/^salt\/(auth|run)|^test\//.test(tag));
    expect(tags).toEqual(['salt/minion/web1/start', 'salt/job/20261122143835785046/prog/web1/0']);
  });
});

function reactionFor(jid: string) {
  return {
    id: 'log-7.0',
    jid,
    event: 'log-7',
    rule: 'r',
    depth: 3,
    action: {
      kind: 'local',
      fun: 'test.ping',
      tgt: 'web1',
      tgt_type: 'glob',
      arg: [],
      kwarg: {},
      ret: '',
      timeout: null,
      metadata: null,
    },
  };
}
