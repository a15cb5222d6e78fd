import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { Plain } from '../../../src/core/index.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { attached, FakeMinion, ids, startMaster, type TestMaster, text } from './support.ts';

type Outcome = { ok: boolean; repeated?: boolean; reason?: string; message?: string; retryable?: boolean };

function reaction(action: { [key: string]: Plain }, jid: string = ids.jid()): { [key: string]: Plain } {
  return { id: `log-1.${jid}`, jid, event: 'log-1', rule: 'rule', depth: 2, action };
}

const local = (fields: { [key: string]: Plain }): { [key: string]: Plain } => ({
  kind: 'local',
  fun: 'test.ping',
  tgt: '*',
  tgt_type: 'glob',
  arg: [],
  kwarg: {},
  ret: '',
  timeout: null,
  metadata: null,
  ...fields,
});

const call = (
  kind: string,
  fun: string,
  fields: { [key: string]: Plain } = {},
): { [key: string]: Plain } => ({
  kind,
  fun,
  arg: [],
  kwarg: {},
  legacy: null,
  ...fields,
});

async function submit(test: TestMaster, reactions: { [key: string]: Plain }[]): Promise<Outcome[]> {
  return (await test.ask('submit', reactions)) as Outcome[];
}

describe('submitted reactions', () => {
  it('are taken together, each with its own outcome, and never twice', async () => {
    using folder = temporaryFolder();
    await using test = await startMaster(folder.path);
    await test.watch();
    await using minion = await attached(test, 'web1');
    const list = [
      reaction(local({})),
      reaction({ kind: 'event', tag: 'my/event', data: { a: 1 } }),
      reaction(call('runner', 'test.arg', { arg: ['x'], kwarg: { y: 1 } })),
      reaction(call('wheel', 'key.list_all')),
    ];
    const first = await submit(test, list);
    expect(first.map(({ ok, repeated }) => [ok, repeated])).toEqual(list.map(() => [true, false]));
    const again = await submit(test, list);
    expect(again.map(({ ok, repeated }) => [ok, repeated])).toEqual(list.map(() => [true, true]));

    await minion.received(1);
    const [ran] = await test.events(/^salt\/run\/.*\/ret$/);
    expect(ran?.data).toMatchObject({
      fun: 'runner.test.arg',
      user: 'Reactor',
      fun_args: ['x', { y: 1 }],
      return: { args: ['x'], kwargs: { y: 1 } },
      success: true,
    });
    await test.events(/^salt\/wheel\/.*\/ret$/);
    for (const pattern of [
      /^salt\/job\/.*\/new$/,
      /^my\/event$/,
      /^salt\/run\/.*\/new$/,
      /^salt\/wheel\/.*\/new$/,
    ]) {
      const seen = (await test.eventsUntilNow(pattern)).filter(({ data }) => data['user'] !== 'test');
      expect(seen).toHaveLength(1);
      expect(seen[0]?.head).toMatchObject({ cause: { event: 'log-1', rule: 'rule' }, depth: 2 });
    }
    expect(minion.jobs).toHaveLength(1);
  });

  it('that cannot be done say why, and the others are done', async () => {
    using folder = temporaryFolder();
    await using test = await startMaster(folder.path);
    await using minion = await attached(test, 'web1');
    const outcomes = await submit(test, [
      reaction(local({ tgt: 'nobody' })),
      reaction(local({ tgt: '( web1', tgt_type: 'compound' })),
      reaction(local({ tgt: 'x:y', tgt_type: 'pillar' })),
      reaction(call('runner', 'jobs.list_job5')),
      reaction(call('runner', 'jobs.list_job')),
      reaction(call('caller', 'test.ping')),
      reaction(local({}), 'not a jid'),
      reaction({ kind: 'event', tag: 'two\nlines', data: {} }),
      reaction(local({})),
    ]);
    expect(outcomes.map(({ ok, reason }) => reason ?? ok)).toEqual([
      'no-minions',
      'bad-arguments',
      'unsupported',
      'unknown-function',
      'bad-arguments',
      'no-minions',
      'bad-arguments',
      'bad-arguments',
      true,
    ]);
    expect(outcomes.every(({ retryable }) => retryable !== true)).toBe(true);
    expect(outcomes[3]?.message).toContain('jobs.list_job');
    await minion.received(1);
  });

  it('that call a function of this host run on its minion', async () => {
    using folder = temporaryFolder();
    await using test = await startMaster(folder.path);
    await using here = await attached(test, 'here');
    await using other = await attached(test, 'web1');
    const [outcome] = await submit(test, [
      reaction(call('caller', 'test.arg', { arg: ['x'], kwarg: { y: 1 } })),
    ]);
    expect(outcome?.ok).toBe(true);
    await here.received(1);
    expect(here.jobs[0]).toMatchObject({ fun: 'test.arg', arg: ['x'], kwarg: { y: 1 } });
    expect(other.jobs).toEqual([]);
  });

  it('pick legacy arguments by the signature of the function', async () => {
    using folder = temporaryFolder();
    await using test = await startMaster(folder.path);
    await using minion = new FakeMinion('foo');
    expect(await minion.enrol(test.master)).toBe('pend');
    const internal = { __id__: 'a', __sls__: 'x', name: 'a', order: 1, fun: 'key.accept', state: 'wheel' };
    const outcomes = await submit(test, [
      reaction(call('wheel', 'key.accept', { legacy: { ...internal, match: 'foo' } })),
      reaction(call('wheel', 'key.accept', { legacy: { ...internal, match: 'foo', kwarg: {} } })),
    ]);
    expect(outcomes.map(({ ok, reason }) => reason ?? ok)).toEqual([true, 'bad-arguments']);
    await test.watch(1);
    await test.events(/^salt\/key$/);
    expect(await minion.enrol(test.master)).toBe('accept');
  });

  it('take thousands in one request, and send them as the minion takes them', async () => {
    using folder = temporaryFolder();
    await using test = await startMaster(folder.path);
    await using minion = await attached(test, 'web1');
    const list = Array.from({ length: 2000 }, () => reaction(local({ tgt: 'web1' })));
    const outcomes = await submit(test, list);
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(2000);
    for (let seen = 0; seen < 2000; ) {
      const fresh = (await minion.received(seen + 1)).slice(seen);
      seen += fresh.length;
      await minion.work('got', { jids: fresh.map((load) => text(load['jid'])) });
    }
    const jids = minion.jobs.map((load) => load['jid']);
    expect(jids).toEqual(list.map(({ jid }) => jid));
  });
});

describe('runners', () => {
  const run = (test: TestMaster, fun: string, arg: Plain[] = [], kwarg: { [key: string]: Plain } = {}) =>
    test.askMap('run', { fun, arg, kwarg, user: 'ann' });

  it('tell who is up and what grains they have', async () => {
    using folder = temporaryFolder();
    await using test = await startMaster(folder.path);
    await using up = await attached(test, 'web1', { os: 'Debian' });
    const down = await attached(test, 'web2', { os: 'Suse' });
    const made = await test.askMap('wheel', { fun: 'key.gen_accept', arg: ['web3'], kwarg: {}, user: 'ann' });
    expect(made['success']).toBe(true);
    await down.disconnect();
    expect((await run(test, 'manage.status'))['return']).toMatchObject({
      down: expect.arrayContaining(['web3']),
    });
    expect((await run(test, 'manage.up', ['web1']))['return']).toEqual(['web1']);
    expect((await run(test, 'cache.grains', ['web*']))['return']).toEqual({
      web1: { os: 'Debian' },
      web2: { os: 'Suse' },
      web3: {},
    });
    expect(up.jobs).toEqual([]);
  });

  it('send events as they are, and refuse what is no event', async () => {
    using folder = temporaryFolder();
    await using test = await startMaster(folder.path);
    await test.watch();
    expect(await run(test, 'event.send', ['foo/bar', { a: 1 }])).toMatchObject({
      return: true,
      success: true,
    });
    const [sent] = await test.events(/^foo\/bar$/);
    expect(sent?.data).toMatchObject({ a: 1 });
    expect(await run(test, 'event.send', ['foo/bar', 'text'])).toMatchObject({
      success: false,
      return: expect.stringContaining('Exception occurred in runner event.send'),
    });
    await expect(run(test, 'event.send', ['t'], { foo: 'bar' })).rejects.toMatchObject({
      code: 'BAD_ARGUMENT',
    });
    await expect(run(test, 'event.sned', ['t'])).rejects.toMatchObject({
      code: 'NO_SUCH_FUNCTION',
      message: expect.stringContaining('event.send'),
    });
  });

  it('send events between the beginning and the end of their run, all in one record of the log', async () => {
    using folder = temporaryFolder();
    await using test = await startMaster(folder.path);
    await test.watch();
    const jid = ids.jid();
    const send = (): Promise<Outcome[]> =>
      submit(test, [reaction(call('runner', 'event.send', { arg: ['foo/whole', { a: 1 }] }), jid)]);
    expect(await send()).toMatchObject([{ ok: true, repeated: false, jid }]);
    const seen = await test.events(/./, 3);
    expect(seen.map(({ tag }) => tag)).toEqual([`salt/run/${jid}/new`, 'foo/whole', `salt/run/${jid}/ret`]);
    expect(new Set(seen.map(({ record }) => record)).size).toBe(1);
    expect(seen[2]?.data).toMatchObject({ fun: 'runner.event.send', return: true, success: true });
    expect(await send()).toMatchObject([{ ok: true, repeated: true }]);
    expect(await test.eventsUntilNow(/^foo\/whole$/)).toHaveLength(1);
  });

  it('ask the attached minions what they are running', async () => {
    using folder = temporaryFolder();
    await using test = await startMaster(folder.path);
    await using minion = await attached(test, 'web1');
    const { jid } = await test.askMap('job', {
      tgt: 'web1',
      fun: 'test.sleep',
      arg: [9],
      kwarg: {},
      user: 'ann',
    });
    const asked = run(test, 'jobs.active');
    const [, question] = await minion.received(2);
    expect(question).toMatchObject({ fun: 'saltutil.running' });
    await minion.ret(text(question?.['jid']), {
      fun: 'saltutil.running',
      return: [{ jid: text(jid), fun: 'test.sleep', pid: 42 }],
    });
    expect((await asked)['return']).toMatchObject({
      [text(jid)]: { Function: 'test.sleep', Target: 'web1', Running: [{ web1: 42 }], Returned: [] },
    });
  });

  it('query web services within limits', async () => {
    using folder = temporaryFolder();
    const server = createServer((request, response) => {
      if (request.url === '/long') response.end('x'.repeat(2 << 20));
      else if (request.url === '/never') response.write('…');
      else {
        response.setHeader('content-type', 'application/json');
        response.statusCode = request.url === '/bad' ? 503 : 200;
        response.end(JSON.stringify({ method: request.method, url: request.url }));
      }
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    {
      await using test = await startMaster(folder.path);
      const query = async (path: string, kwarg: { [key: string]: Plain } = {}) =>
        run(test, 'http.query', [base + path], kwarg);
      expect(
        await query('/x', { method: 'POST', data: 'd', params: { q: '1' }, decode: true }),
      ).toMatchObject({
        return: { status: 200, dict: { method: 'POST', url: '/x?q=1' } },
      });
      expect(await query('/bad')).toMatchObject({
        return: { status: 503, error: expect.stringContaining('503') },
      });
      expect(await query('/long')).toMatchObject({
        success: false,
        return: expect.stringContaining('bytes'),
      });
      expect(await query('/never', { timeout: 0.2 })).toMatchObject({ success: false });
      expect(await run(test, 'http.query', ['file:///etc/passwd'])).toMatchObject({ success: false });
    }
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  });

  it('document themselves, and know when no reactor runs', async () => {
    using folder = temporaryFolder();
    await using test = await startMaster(folder.path);
    const docs = (await run(test, 'doc.runner'))['return'] as { [name: string]: string };
    expect(docs['event.send']).toContain('event.send(tag, data=None)');
    expect(Object.keys(docs)).toEqual(Object.keys(docs).toSorted());
    expect(await run(test, 'reactor.list')).toMatchObject({
      success: false,
      return: expect.stringContaining('Reactor system is not running.'),
    });
  });
});
