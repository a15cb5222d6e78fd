import { describe, expect, test } from 'vitest';
import { unpackData } from '../../../src/bus/index.ts';
import {
  type Action,
  mapOf,
  type Outcome,
  type Plain,
  type Reaction,
  toPlain,
  type Value,
} from '../../../src/core/index.ts';
import {
  askMaster,
  type MasterQuestion,
  type SaltPlane,
  type SaltSource,
  saltPlane,
} from '../../../src/salt/index.ts';
import { systemClock, systemIds } from '../../../src/system/index.ts';
import { eventually } from '../../support/brine.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { FakeSalt, type Load, sourceFor } from './fake-salt.ts';

const ids = systemIds(systemClock);

interface Beside {
  readonly fake: FakeSalt;
  readonly source: SaltSource;
  readonly plane: SaltPlane;
}

async function beside(work: (parts: Beside) => Promise<void>, coalesceMs = 0): Promise<void> {
  using folder = temporaryFolder();
  await using fake = await FakeSalt.start(folder.path);
  await fake.open();
  const source = await sourceFor(fake);
  const plane = saltPlane({
    salt: fake.salt,
    source,
    clock: systemClock,
    ids,
    coalesceMs,
    saltCall: ['salt-call'],
  });
  try {
    source.start();
    await eventually(() => (source.status().get('fires') === null ? undefined : true), 'a connection');
    await work({ fake, source, plane });
  } finally {
    plane.close();
    await source.stop();
  }
}

let count = 0;
function reaction(action: Action): Reaction {
  count += 1;
  return {
    id: `log-${count}.0`,
    jid: ids.jid(),
    cause: { event: `log-${count}`, rule: 'r' },
    depth: 1,
    action,
  };
}

function local(tgt: Value, more: Partial<Extract<Action, { kind: 'local' }>> = {}): Reaction {
  const base = { tgtType: 'glob', arg: [], kwarg: new Map(), ret: '', timeoutS: null, metadata: null };
  return reaction({ kind: 'local', fun: 'test.ping', tgt, ...base, ...more });
}

function call(kind: 'runner' | 'wheel', fun: string, kwarg: Record<string, Value> = {}): Reaction {
  return reaction({ kind, fun, arg: [], kwarg: mapOf(kwarg), legacy: null });
}

const published = (load: Load): Plain => ({
  enc: 'clear',
  load: { jid: load['jid'] ?? null, minions: ['web1'], missing: [] },
});

async function one(plane: SaltPlane, what: Reaction): Promise<Outcome> {
  const [outcome] = await plane.submit([what]);
  return outcome as Outcome;
}

describe('a job', () => {
  test('is published with our id, and with a note of what asked for it', () =>
    beside(async ({ fake, plane }) => {
      fake.answer = published;
      const job = local('web1', {
        fun: 'test.arg',
        arg: [1],
        kwarg: mapOf({ a: 2 }),
        ret: 'mongo',
        timeoutS: 9,
      });
      expect(await one(plane, job)).toMatchObject({ ok: true, repeated: false, jid: job.jid });
      expect(fake.loads.at(-1)).toMatchObject({
        cmd: 'publish',
        user: 'root',
        fun: 'test.arg',
        tgt: 'web1',
        tgt_type: 'glob',
        arg: [1, { __kwarg__: true, a: 2 }],
        ret: 'mongo',
        timeout: 9,
        jid: job.jid,
        kwargs: { metadata: { brine: { event: job.cause.event, rule: 'r' } } },
      });
      await one(plane, local('web', { tgtType: 'nodegroup' }));
      expect(fake.loads.at(-1)).toMatchObject({ tgt: 'L@web1,web2', tgt_type: 'compound' });
    }));

  test('goes with the key that is in the file now', () =>
    beside(async ({ fake, plane }) => {
      fake.answer = published;
      await one(plane, local('web1'));
      fake.newKey('second key');
      expect(await one(plane, local('web1'))).toMatchObject({ ok: true });
      expect(fake.loads.map(({ key }) => key)).toEqual(['first key', 'first key', 'second key']);
      fake.key = 'a key that is in no file';
      expect(await one(plane, local('web1'))).toMatchObject({
        ok: false,
        reason: 'refused',
        retryable: true,
      });
    }));

  test('that the master refuses says why', () =>
    beside(async ({ fake, plane }) => {
      const refused = async (answer: Plain): Promise<Outcome> => {
        fake.answer = () => answer;
        return one(plane, local('web1'));
      };
      const nobody = { enc: 'clear', load: { jid: null, minions: [], error: 'nobody there' } };
      expect(await refused(nobody)).toMatchObject({
        reason: 'no-minions',
        message: 'nobody there',
        retryable: false,
      });
      const forbidden = { error: { name: 'AuthorizationError', message: 'not you' } };
      expect(await refused(forbidden)).toMatchObject({ reason: 'refused', retryable: false });
      expect(await refused('bad load')).toMatchObject({
        reason: 'refused',
        message: 'bad load',
        retryable: false,
      });
      expect(await refused('')).toMatchObject({ reason: 'refused', retryable: true });
      const cluster = { enc: 'clear', load: { ret: false, cluster_retry: true } };
      expect(await refused(cluster)).toMatchObject({ reason: 'overloaded', retryable: true });
      const noJid = { enc: 'clear', load: { error: 'Master failed to assign jid' } };
      expect(await refused(noJid)).toMatchObject({ reason: 'failed', retryable: true });
    }));

  test('that may have been taken without an answer is looked for before it is sent again', () =>
    beside(async ({ fake, source, plane }) => {
      fake.answer = () => undefined;
      const jobs = [local('web1'), local('web1'), local('web1')];
      for (const job of jobs)
        expect(await one(plane, job)).toMatchObject({ reason: 'timeout', retryable: true });
      const [onBus, inCache, nowhere] = jobs as [Reaction, Reaction, Reaction];
      fake.emit(`salt/job/${onBus.jid}/new`, { jid: onBus.jid });
      fake.store(inCache.jid, 'web1', { return: true }, {});
      await eventually(() => (source.book.hasBegun(onBus.jid) ? true : undefined), 'the event');
      fake.answer = published;
      const before = fake.loads.length;
      expect(await one(plane, onBus)).toMatchObject({ ok: true, repeated: true, jid: onBus.jid });
      expect(await one(plane, inCache)).toMatchObject({ ok: true, repeated: true, jid: inCache.jid });
      expect(fake.loads.length).toBe(before);
      expect(await one(plane, nowhere)).toMatchObject({ ok: true, repeated: false, jid: nowhere.jid });
      expect(fake.loads.at(-1)).toMatchObject({ jid: nowhere.jid });
    }));

  test('of an earlier process is looked for too', () =>
    beside(async ({ fake, source, plane }) => {
      const job = local('web1');
      const earlier = { ...job, jid: `2025${job.jid.slice(4)}` };
      fake.store(earlier.jid, 'web1', { return: true }, {});
      expect(await one(plane, earlier)).toMatchObject({ ok: true, repeated: true });
      expect(source.status().get('connected')).toBe(true);
      expect(fake.loads).toEqual([]);
    }));
});

test('a master that is away is no fault of the reactions', () =>
  beside(async ({ fake, plane }) => {
    fake.answer = () => ({ cmd: 'ping' });
    expect(await plane.submit([])).toEqual([]);
    expect(fake.loads.at(-1)).toEqual({ cmd: 'ping' });
    await fake[Symbol.asyncDispose]();
    // A question that leaves before the end of the connection is noticed gets no answer.
    const unasked = { code: expect.stringMatching(/^(BUS_CLOSED|TIMEOUT)$/) };
    await expect(plane.submit([])).rejects.toMatchObject(unasked);
    await expect(plane.submit([local('web1'), call('runner', 'test.arg')])).rejects.toMatchObject({
      code: 'BUS_CLOSED',
    });
  }));

describe('a runner', () => {
  const started = { tag: 'salt/run/20260101000000000001', jid: '20260101000000000001' };

  test('is started under the name that the loop guards know', () =>
    beside(async ({ fake, source, plane }) => {
      fake.answer = () => started;
      const run = call('runner', 'test.arg', { a: 1 });
      expect(await one(plane, run)).toMatchObject({ ok: true, jid: started.jid });
      expect(fake.loads.at(-1)).toMatchObject({
        cmd: 'runner',
        user: 'Reactor',
        kwarg: { arg: [], kwarg: { a: 1 } },
      });
      fake.emit(`${started.tag}/ret`, { return: 1 });
      const event = await eventually(() => source.log.read(1, 1 << 20)[0], 'its return');
      expect(event.heads?.[0]).toMatchObject({ cause: run.cause, depth: 1 });
    }));

  test('that began without an answer is known again by what it runs, once', () =>
    beside(async ({ fake, source, plane }) => {
      fake.answer = () => started;
      const answered = call('runner', 'test.arg', { a: 1 });
      await one(plane, answered);
      fake.answer = () => undefined;
      const [first, second] = [call('runner', 'test.arg', { a: 1 }), call('runner', 'test.arg', { a: 1 })];
      for (const run of [first, second]) expect(await one(plane, run)).toMatchObject({ reason: 'timeout' });
      const begun = (jid: string, a: number): void =>
        fake.emit(`salt/run/${jid}/new`, { fun: 'runner.test.arg', fun_args: [mapOf({ a })], jid });
      begun(started.jid, 1);
      begun('20260101000000000002', 2);
      begun('20260101000000000003', 1);
      await eventually(() => (source.book.hasBegun('20260101000000000003') ? true : undefined), 'the events');
      fake.answer = () => ({ tag: 't', jid: '20260101000000000004' });
      expect(await one(plane, first)).toMatchObject({ repeated: true, jid: '20260101000000000003' });
      expect(await one(plane, second)).toMatchObject({ repeated: false, jid: '20260101000000000004' });
    }));
});

test('a wheel function gives its return, or why it failed', () =>
  beside(async ({ fake, plane }) => {
    const answer = (success: boolean, value: Plain): Plain => ({
      tag: 't',
      data: { fun: 'wheel.key.accept', jid: '20260101000000000001', return: value, success },
    });
    fake.answer = () => answer(true, { minions: ['web1'] });
    const wheel = call('wheel', 'key.accept', { match: 'web1' });
    const outcome = await one(plane, wheel);
    expect(outcome).toMatchObject({ ok: true, jid: '20260101000000000001' });
    expect(outcome.ok && toPlain(outcome.detail)).toMatchObject({ return: { minions: ['web1'] } });
    expect(fake.loads.at(-1)).toMatchObject({ arg: [], kwarg: { match: 'web1' }, __jid__: wheel.jid });
    fake.answer = () => answer(false, 'no such function');
    expect(await one(plane, call('wheel', 'no.such'))).toMatchObject({
      reason: 'failed',
      message: 'no such function',
    });
  }));

describe('an event', () => {
  const event = (tag: string, data: Record<string, Value>): Reaction =>
    reaction({ kind: 'event', tag, data: mapOf(data) });

  test('counts as fired when it was seen on the bus, and never carries what is for Salt alone', () =>
    beside(async ({ fake, source, plane }) => {
      const sent = event('acme/a', { n: 1, __peer_id: 'x', _stamp: 'mine' });
      expect(await one(plane, sent)).toMatchObject({ ok: true, repeated: false });
      const data = toPlain(unpackData(fake.fired[0]?.data ?? new Uint8Array())) as Record<string, Plain>;
      expect(Object.keys(data)).toEqual(['n', '_stamp']);
      expect(data['_stamp']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/);
      await eventually(() => (source.log.nextSeq() > 1 ? true : undefined), 'the event in the log');
      expect(source.log.read(1, 1 << 20)[0]?.heads?.[0]).toMatchObject({ cause: sent.cause, depth: 1 });
      expect(await one(plane, event('cluster/peer', {}))).toMatchObject({
        reason: 'refused',
        retryable: false,
      });
      expect(await one(plane, event('a\nb', {}))).toMatchObject({ reason: 'bad-arguments' });
    }));

  test('that a reaction sends through the runner event.send is fired without it', () =>
    beside(async ({ fake, plane }) => {
      fake.answer = () => ({ tag: 't', jid: '20260101000000000001' });
      await one(plane, call('runner', 'event.send', { tag: 'acme/told', data: mapOf({ n: 1 }) }));
      await one(plane, call('runner', 'event.send', { tag: 'acme/bare' }));
      expect(fake.fired.map(({ tag }) => tag)).toEqual(['acme/told', 'acme/bare']);
      expect(fake.loads).toEqual([]);
      await one(plane, call('runner', 'event.send', { tag: 'acme/odd', data: 'text' }));
      await one(plane, call('runner', 'event.send', { tag: 'acme/odd', more: 1 }));
      expect(fake.loads.length).toBe(2);
    }));

  test('that was not seen in time is fired again only when it did not come after all', () =>
    beside(async ({ fake, source, plane }) => {
      fake.echoes = false;
      const [late, lost] = [event('acme/late', { n: 1 }), event('acme/lost', { n: 2 })];
      const outcomes = await plane.submit([late, lost]);
      expect(outcomes).toMatchObject([{ reason: 'timeout' }, { reason: 'timeout' }]);
      fake.echoes = true;
      fake.emit('acme/late', unpackData(fake.fired[0]?.data ?? new Uint8Array()));
      await eventually(() => (source.log.nextSeq() > 1 ? true : undefined), 'the event in the log');
      expect(await plane.submit([late, lost])).toMatchObject([
        { ok: true, repeated: true },
        { ok: true, repeated: false },
      ]);
      expect(fake.fired.map(({ tag }) => tag)).toEqual(['acme/late', 'acme/lost', 'acme/lost']);
      expect(fake.fired[1]?.data).toEqual(fake.fired[2]?.data);
    }));
});

describe('what templates ask the master', () => {
  const question = (kind: 'runner' | 'wheel'): MasterQuestion => ({
    kind,
    fun: 'test.arg',
    arg: [],
    kwarg: new Map(),
  });

  test('is answered by the return on the bus, which no rule sees', () =>
    beside(async ({ fake, source, plane }) => {
      const deps = { salt: fake.salt, asking: plane.asking, book: source.book, clock: systemClock };
      const tag = 'salt/run/20260101000000000001';
      fake.answer = () => ({ tag, jid: '20260101000000000001' });
      const asked = askMaster(question('runner'), 5000, deps);
      await eventually(() => (fake.loads.length > 0 ? true : undefined), 'the request');
      // Salt answers before the runner begins; a return comes hundreds of milliseconds later.
      const repeat = setInterval(() => fake.emit(`${tag}/ret`, { return: 'here', success: true }), 20);
      expect(await asked.finally(() => clearInterval(repeat))).toBe('here');
      fake.answer = () => ({ tag: 't', data: { jid: '20260101000000000002', return: [1], success: true } });
      expect(await askMaster(question('wheel'), 5000, deps)).toEqual([1]);
      fake.answer = () => ({
        tag: 't',
        data: { jid: '20260101000000000003', return: 'broken', success: false },
      });
      await expect(askMaster(question('wheel'), 5000, deps)).rejects.toThrow('wheel.test.arg failed: broken');
      fake.answer = () => ({ tag, jid: '20260101000000000004' });
      await expect(askMaster(question('runner'), 100, deps)).rejects.toMatchObject({ code: 'TIMEOUT' });
    }));
});

test('jobs that are alike are published together when that is wished for', () =>
  beside(async ({ fake, plane }) => {
    fake.answer = (load) => {
      const tgt = load['tgt'];
      const minions = (Array.isArray(tgt) ? tgt : [tgt]).filter((id) => id !== 'web3') as Plain[];
      return { enc: 'clear', load: { jid: load['jid'] ?? null, minions, missing: [] } };
    };
    const alike = ['web1', 'web2', 'web3'].map((id) => local(id));
    const others = [local('web*'), local('web4', { fun: 'test.version' }), local('web1')];
    const outcomes = await plane.submit([...alike, ...others]);
    const [first] = alike;
    expect(outcomes).toMatchObject([
      { ok: true, jid: first?.jid },
      { ok: true, jid: first?.jid },
      { ok: false, reason: 'no-minions' },
      { ok: true, jid: others[0]?.jid },
      { ok: true, jid: others[1]?.jid },
      { ok: true, jid: others[2]?.jid },
    ]);
    expect(outcomes[1]?.ok === true && toPlain(outcomes[1].detail)).toMatchObject({ minions: ['web2'] });
    const targets = fake.loads.map(({ tgt }) => tgt);
    expect(targets).toContainEqual(['web1', 'web2', 'web3']);
    expect(targets.length).toBe(4);
  }, 50));
