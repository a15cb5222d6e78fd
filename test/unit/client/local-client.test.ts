import { describe, expect, it } from 'vitest';
import { type LinkClient, memoryBus, memoryLog, packValue, unpackValue } from '../../../src/bus/index.ts';
import { type JobNews, LocalClient, MasterClient, RunnerClient } from '../../../src/client/index.ts';
import { fromPlain, toPlain, type Value, type ValueMap } from '../../../src/core/index.ts';
import { settled, VirtualClock } from '../../support/virtual-clock.ts';

type Answer = (request: { [key: string]: unknown }) => unknown;

/** A master made of a bus in memory and one answer for each verb. */
function fakeMaster(answers: Readonly<Record<string, Answer>>) {
  const clock = new VirtualClock(Date.UTC(2026, 0, 2, 3, 4, 5));
  const log = memoryLog({ id: 'testlog1', eventsMax: 10_000, clock });
  const bus = memoryBus(log, { clock });
  const asked: { verb: string; request: { [key: string]: unknown } }[] = [];
  const link: LinkClient = {
    request: (verb, payload) => {
      const request = toPlain(unpackValue(payload)) as { [key: string]: unknown };
      asked.push({ verb, request });
      return Promise.resolve(packValue(fromPlain(answers[verb]?.(request) ?? null)));
    },
    onPush: () => undefined,
    onStatus: () => undefined,
    close: () => Promise.resolve(),
  };
  const master = new MasterClient(link, bus, 'ada');
  const give = (jid: string, id: string, value: unknown, retcode = 0) =>
    bus.publish([
      {
        tag: `salt/job/${jid}/ret/${id}`,
        data: fromPlain({ id, jid, fun: 'f', return: value, retcode, success: retcode === 0 }) as ValueMap,
      },
    ]);
  return { clock, master, asked, give, local: new LocalClient(master, clock) };
}

const jid = (n: number): string => `2026010203040500000${n}`;

async function collect(stream: AsyncIterable<JobNews>): Promise<JobNews[]> {
  const news: JobNews[] = [];
  for await (const one of stream) news.push(one);
  return news;
}

const brief = (news: readonly JobNews[]): string[] =>
  news.map((one) => `${one.kind} ${'id' in one ? one.id : one.ids.join(',')}`);

describe('LocalClient', () => {
  it('sends the target, the arguments and who asks', async () => {
    const { local, asked } = fakeMaster({ job: () => ({ jid: jid(1), minions: [], missing: [] }) });
    const found = await local.cmdAsync(['a', 'b'], 'test.arg', [1, 'x'], { kwarg: { k: [true] } });
    expect(found).toBe(jid(1));
    expect(asked[0]).toMatchObject({
      verb: 'job',
      request: {
        tgt: ['a', 'b'],
        tgt_type: 'list',
        fun: 'test.arg',
        arg: [1, 'x'],
        kwarg: { k: [true] },
        user: 'ada',
      },
    });
  });

  it('gives returns by minion, also one that was faster than the reply', async () => {
    const { local, give } = fakeMaster({
      job: () => {
        void give(jid(1), 'web1', { deep: [1] });
        void give(jid(1), 'web2', 'two', 3);
        return { jid: jid(1), minions: ['web1', 'web2'], missing: [] };
      },
    });
    expect(await local.cmd('web*', 'f')).toMatchObject({ web1: { deep: [1] }, web2: 'two' });
  });

  it('iterates over returns with their codes', async () => {
    const { local, give } = fakeMaster({
      job: () => {
        void give(jid(1), 'web1', 'bad', 2);
        return { jid: jid(1), minions: ['web1'], missing: [] };
      },
    });
    const results = [];
    for await (const result of local.cmdIter('*', 'f')) results.push(result);
    expect(results).toEqual([{ web1: { ret: 'bad', retcode: 2, success: false, jid: jid(1) } }]);
  });

  it('throws when nobody matches', async () => {
    const { local } = fakeMaster({ job: () => ({ jid: null, minions: [], missing: [], error: 'Nobody.' }) });
    await expect(local.cmd('x', 'f')).rejects.toMatchObject({ code: 'BAD_ARGUMENT', message: 'Nobody.' });
  });

  it('asks silent minions whether they work, waits for those and gives up the others', async () => {
    const { local, give, clock } = fakeMaster({
      job: (request) => {
        if (request['fun'] === 'f')
          return { jid: jid(1), minions: ['busy', 'dead', 'fast'], missing: ['gone'] };
        void give(jid(2), 'busy', { jid: jid(1), pid: 7 });
        return { jid: jid(2), minions: ['busy', 'dead'], missing: [] };
      },
    });
    const news = collect(local.follow('*', 'f', [], { timeout: 5, gatherJobTimeout: 2 }));
    await settled();
    await give(jid(1), 'fast', true);
    await settled();
    await clock.advance(5000);
    await clock.advance(2000);
    await give(jid(1), 'busy', 'at last');
    const found = await news;
    expect(brief(found)).toEqual([
      'silent gone',
      'return fast',
      'asking busy,dead',
      'silent dead',
      'working busy',
      'return busy',
    ]);
    expect(found.filter((one) => one.kind === 'silent').map((one) => one.connected)).toEqual([false, true]);
  });

  it('does not give up a minion whose return came while it was asked', async () => {
    const { local, give, clock } = fakeMaster({
      job: (request) => {
        if (request['fun'] === 'f') return { jid: jid(1), minions: ['slow'], missing: [] };
        void give(jid(1), 'slow', 'just now').then(() => give(jid(2), 'slow', {}));
        return { jid: jid(2), minions: ['slow'], missing: [] };
      },
    });
    const news = collect(local.follow('*', 'f'));
    await settled();
    await clock.advance(5000);
    await clock.advance(10_000);
    expect(brief(await news)).toEqual(['asking slow', 'return slow']);
  });

  it('runs in batches of the size that was asked for', async () => {
    let jobs = 0;
    let running = 0;
    let most = 0;
    const ids = ['a', 'b', 'c', 'd', 'e'];
    const { local, give } = fakeMaster({
      job: (request) => {
        jobs += 1;
        const minions = Array.isArray(request['tgt']) ? (request['tgt'] as string[]) : ids;
        if (request['fun'] === 'f') {
          running += minions.length;
          most = Math.max(most, running);
        }
        const id = jid(jobs);
        setImmediate(() => {
          for (const minion of minions) void give(id, minion, true);
          if (request['fun'] === 'f') running -= minions.length;
        });
        return { jid: id, minions, missing: [] };
      },
    });
    expect(Object.keys(await local.cmd('*', 'f', [], { batch: '40%' })).toSorted()).toEqual(ids);
    expect([jobs, most]).toEqual([6, 2]);
    await expect(local.cmd('*', 'f', [], { batch: 'many' })).rejects.toMatchObject({ code: 'BAD_ARGUMENT' });
  });
});

describe('RunnerClient', () => {
  it('gives what the function returns', async () => {
    const { master, asked } = fakeMaster({
      run: (request) =>
        request['async'] === true
          ? { jid: jid(1), tag: `salt/run/${jid(1)}` }
          : { jid: jid(1), tag: `salt/run/${jid(1)}`, return: ['web1'], success: true },
    });
    const runner = new RunnerClient(master);
    expect(await runner.cmd('manage.up', [], { kwarg: { tgt: 'web*' } })).toEqual(['web1']);
    expect(await runner.cmdAsync('manage.up')).toEqual({ jid: jid(1), tag: `salt/run/${jid(1)}` });
    expect(asked[0]?.request).toMatchObject({ fun: 'manage.up', kwarg: { tgt: 'web*' }, user: 'ada' });
    const failed = new RunnerClient(
      fakeMaster({ run: () => ({ jid: jid(1), return: 'why', success: false }) }).master,
    );
    expect(await failed.call('x.y')).toMatchObject({ return: 'why', success: false });
  });
});

describe('values', () => {
  it('keep big numbers', async () => {
    const big: Value = 2n ** 63n;
    const { local, give } = fakeMaster({
      job: () => {
        void give(jid(1), 'm', big);
        return { jid: jid(1), minions: ['m'], missing: [] };
      },
    });
    expect(await local.cmd('*', 'f')).toMatchObject({ m: big });
  });
});
