import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unpackData } from '../../src/bus/index.ts';
import {
  type Clock,
  type ControlPlane,
  type JobLoad,
  jidLane,
  jidSource,
  jobFromValue,
  mapOf,
  type Outcome,
  type ReactorStore,
  silentTelemetry,
} from '../../src/core/index.ts';
import { createDispatcher } from '../../src/dispatch/index.ts';
import { openEventLog, openLoggedStore } from '../../src/journal/index.ts';
import { Deliveries } from '../../src/master/jobs/deliveries.ts';
import { JobCache } from '../../src/master/jobs/job-cache.ts';
import { type JobRecord, jobRecordToValue } from '../../src/master/jobs/job-record.ts';
import { Outgoing } from '../../src/master/jobs/outgoing.ts';
import { Ledger } from '../../src/master/ledger.ts';
import { keepForSomeTime } from '../../src/master/retention.ts';
import { createReactor } from '../../src/reactor/index.ts';
import { systemClock, systemIds } from '../../src/system/index.ts';
import { temporaryFolder } from '../support/temp.ts';
import { settled } from '../support/virtual-clock.ts';
import { entryOf, MemoryStore } from '../unit/dispatch/support.ts';
import {
  publish,
  RecordingPlane,
  range,
  rules,
  settingsOf,
  source,
  Traces,
  writeRules,
} from '../wire/reactor/support.ts';
import { JumpingClock } from './support/jumping-clock.ts';

const minute = 60_000;
const hour = 60 * minute;
const year = 365 * 24 * hour;

describe('job ids', () => {
  it('are never given twice, by whichever process, wherever the clock jumps and whenever one starts again', () => {
    const step = fc.oneof(
      fc.record({ jump: fc.integer({ min: -2 * hour, max: 2 * hour }) }),
      fc.record({ take: fc.integer({ min: 1, max: 50 }), lane: fc.constantFrom(0, 1) }),
      fc.record({ restart: fc.constantFrom(0, 1) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const clock = new JumpingClock();
        const last = ['', ''];
        const sources = [0, 1].map((lane) => jidLane(jidSource(clock), lane === 0 ? 0 : 1));
        const seen = new Set<string>();
        for (const action of steps) {
          if ('jump' in action) clock.jump(action.jump);
          else if ('restart' in action) {
            const lane = action.restart === 0 ? 0 : 1;
            sources[lane] = jidLane(jidSource(clock), lane, last[lane]);
          } else
            for (let i = 0; i < action.take; i += 1) {
              const jid = sources[action.lane]?.() ?? '';
              expect(jid).toMatch(/^\d{20}$/);
              expect(jid > (last[action.lane] ?? '')).toBe(true);
              expect(seen.has(jid)).toBe(false);
              seen.add(jid);
              last[action.lane] = jid;
            }
        }
      }),
    );
  });

  it('carry over the end of a second, a day and a year', () => {
    const next = jidLane(() => '20261231235959999999', 0, '20261231235959999998');
    expect(next()).toBe('20270101000000000000');
    expect(next()).toBe('20270101000000000002');
  });

  it('of a reactor go on behind those of before when the clock was set back while it was down', async () => {
    using folder = temporaryFolder();
    writeRules(folder.path, rules);
    const { bus } = source();
    const plane = new RecordingPlane();
    let aheadMs = hour;
    const clock: Clock = { ...systemClock, nowMs: () => systemClock.nowMs() + aheadMs };
    for (const numbers of [range(1, 50), range(51, 100)]) {
      const traces = new Traces();
      const deps = { clock, ids: systemIds(clock), telemetry: traces, bus, plane };
      const reactor = createReactor(settingsOf(folder.path), deps);
      await reactor.start();
      await publish(bus, numbers);
      await traces.until(() => traces.of('reaction.settled').length === 75);
      await reactor.stop();
      aheadMs = 0;
    }
    const jids = plane.reactions.map(({ jid }) => jid);
    expect(jids).toHaveLength(150);
    expect(jids).toEqual([...new Set(jids)].sort());
  });
});

function jobOf(jid: string): JobRecord {
  const load: JobLoad = jobFromValue(mapOf({ jid, fun: 'test.ping' }));
  return { load, minions: ['m1'], missing: [], atMs: 0 };
}

/** What a master keeps for a minion, on a clock that jumps. */
async function deliveries(folder: string) {
  const clock = new JumpingClock();
  const ports = { clock, telemetry: silentTelemetry };
  const tables = ['jobs', 'returns', 'runs', 'deliveries'];
  const limits = { retentionMs: 1e13, retentionBytes: 1e9 };
  const journal = await openLoggedStore(folder, tables, { ...ports, ids: systemIds(clock), ...limits });
  const { store, log } = journal;
  const ledger = new Ledger({ journal, clock, queueEventsMax: 1000, eventBytesMax: 1 << 20 });
  const sent: string[] = [];
  let attached = false;
  const outgoing = new Outgoing({
    ...ports,
    send: async (_, bytes) => {
      sent.push(Buffer.from(bytes).toString('latin1'));
      return true;
    },
    isAttached: () => attached,
    giveUp: () => undefined,
  });
  const open = (): Deliveries =>
    new Deliveries({ store, ledger, ...ports, outgoing, isAttached: () => attached });
  const first = open();
  const publishJobs = async (on: Deliveries, jobs: readonly JobRecord[]): Promise<void> => {
    const rows = jobs.map((job) => ({ table: 'jobs', key: job.load.jid, value: jobRecordToValue(job) }));
    await store.commit([...rows, ...jobs.flatMap((job) => on.changesFor(job))]);
    on.send(jobs);
  };
  /** As often as the master looks, for so long. */
  const pass = async (on: Deliveries, ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 10_000) {
      on.sweep();
      await clock.advance(10_000);
    }
    on.sweep();
    await ledger.record([], [{ tag: 'test/done', data: new Map() }]);
  };
  const attach = async (on: Deliveries): Promise<string> => {
    attached = true;
    on.resend('m1');
    await turn();
    return sent.join();
  };
  /** The events that tell of jobs given up, and why. */
  const told = (): [string, unknown][] =>
    log
      .read(1, 1 << 20)
      .flatMap(({ tags, bodies }) =>
        tags.map((tag, i): [string, unknown] => [
          tag,
          unpackData(bodies[i] ?? new Uint8Array()).get('reason'),
        ]),
      )
      .filter(([tag]) => tag.startsWith('brine/'));
  return { clock, store, ledger, first, open, publishJobs, pass, attach, told };
}

const jids = ['20261122160000000000', '20261122160000000002', '20261122160000000004'];

describe('jobs for a minion that is away', () => {
  it('wait as long however the clock is set', async () => {
    using folder = temporaryFolder();
    const { clock, store, first, publishJobs, pass, attach } = await deliveries(folder.path);
    await publishJobs(first, jids.map(jobOf));
    clock.jump(year);
    await pass(first, 30_000);
    clock.jump(-2 * year);
    await pass(first, 20_000);
    const sent = await attach(first);
    for (const jid of jids) expect(sent).toContain(jid);
    await store.close();
  });

  it('are given up after a minute, with an event for each', async () => {
    using folder = temporaryFolder();
    const { store, first, publishJobs, pass, attach, told } = await deliveries(folder.path);
    await publishJobs(first, jids.slice(0, 2).map(jobOf));
    await pass(first, 50_000);
    expect(first.count).toBe(2);
    await publishJobs(first, jids.slice(2).map(jobOf));
    await pass(first, 10_000);
    const reason = 'The minion was away for 60 seconds.';
    expect(told()).toEqual(jids.slice(0, 2).map((jid) => [`brine/job/${jid}/undelivered/m1`, reason]));
    expect(Array.from(store.range('deliveries'), ([key]) => key)).toEqual([`m1/${jids[2]}`]);
    const sent = await attach(first);
    expect(sent).toContain(jids[2]);
    expect(sent).not.toContain(jids[0]);
    await store.close();
  });

  it('are all there after a master was down for hours, and after a backlog of minutes', async () => {
    using folder = temporaryFolder();
    const { clock, store, first, open, publishJobs, pass, attach } = await deliveries(folder.path);
    await publishJobs(first, jids.map(jobOf));
    clock.jump(3 * hour);
    await clock.advance(3 * hour);
    const second = open();
    await pass(second, 30_000);
    expect(second.count).toBe(3);
    await attach(second);
    await pass(second, 10 * minute);
    expect(second.count).toBe(3);
    const sent = await attach(second);
    for (const jid of jids) expect(sent).toContain(jid);
    await store.close();
  });
});

it('jobs that were returned are not delivered again, though their confirmation was not recorded', async () => {
  using folder = temporaryFolder();
  const { store, first, open, publishJobs, attach } = await deliveries(folder.path);
  await publishJobs(first, jids.map(jobOf));
  await store.commit([{ table: 'returns', key: `${jids[0]}/m1`, value: true }]);
  const second = open();
  expect(second.count).toBe(2);
  expect(await attach(second)).not.toContain(jids[0]);
  await store.commit([]);
  await expect.poll(() => Array.from(store.range('deliveries')).length).toBe(2);
  await store.close();
});

describe('jobs that a master keeps', () => {
  it('are forgotten when time has passed, not when the clock is set', async () => {
    using folder = temporaryFolder();
    const { clock, store, ledger, first, publishJobs } = await deliveries(folder.path);
    await publishJobs(
      first,
      jids.map((jid) => ({ ...jobOf(jid), atMs: clock.nowMs() })),
    );
    const cache = new JobCache(store);
    const stop = keepForSomeTime({ store, ledger, cache, clock, telemetry: silentTelemetry, keepMs: hour });
    const pass = async (ms: number): Promise<number> => {
      await clock.advance(ms);
      await ledger.record([], [{ tag: 'test/done', data: new Map() }]);
      return cache.count;
    };
    clock.jump(year);
    expect(await pass(2 * minute)).toBe(3);
    clock.jump(-2 * year);
    expect(await pass(2 * minute)).toBe(3);
    clock.jump(year);
    expect(await pass(2 * hour)).toBe(0);
    stop();
    await ledger.close();
    await store.close();
  });
});

describe('reactions that wait for their next attempt', () => {
  const retries = { inFlightMax: 10, attemptsMax: 9, retryBaseMs: 1000, retryMaxMs: 5000 };

  it('are tried on time when the clock is set back or ahead', async () => {
    const clock = new JumpingClock();
    const store = new MemoryStore();
    let attempts = 0;
    const plane: ControlPlane = {
      submit: async (reactions) => {
        attempts += 1;
        const failed: Outcome = { ok: false, retryable: true, reason: 'timeout', message: 'no' };
        return reactions.map(() => failed);
      },
    };
    await store.commit({ outbox: [entryOf(1)] });
    const make = () =>
      createDispatcher({
        ...retries,
        store: store as unknown as ReactorStore,
        plane,
        clock,
        ids: { jid: () => '', random: () => '', fraction: () => 1 },
        telemetry: silentTelemetry,
      });
    const dispatcher = make();
    dispatcher.start();
    await settled();
    expect(attempts).toBe(1);
    clock.jump(-hour);
    await clock.advance(999);
    expect(attempts).toBe(1);
    await clock.advance(1);
    expect(attempts).toBe(2);
    clock.jump(hour);
    await clock.advance(2000);
    expect(attempts).toBe(3);
    await dispatcher.stop();
    // A time in the outbox that the clock of now will not reach for an hour is no reason to wait for an hour.
    clock.jump(-hour);
    const again = make();
    again.start();
    await clock.advance(retries.retryMaxMs);
    expect(attempts).toBe(4);
    await again.stop();
  });
});

describe('the event log', () => {
  it('loses nothing when the clock is set ahead or back, finds events by time, and forgets when time has passed', async () => {
    using folder = temporaryFolder();
    const clock = new JumpingClock();
    const options = { clock, ids: systemIds(clock), telemetry: silentTelemetry };
    const log = await openEventLog(folder.path, { ...options, retentionMs: hour, retentionBytes: 1e9 });
    const append = (tag: string): Promise<number[]> =>
      log.append([{ tags: [tag], bodies: [new Uint8Array([0x80])], heads: null }]);
    const tags = (): string[] => log.read(1, 1e9).flatMap((batch) => [...batch.tags]);
    /** The trimmer looks every 10 s and commits in the background; a later commit comes after it. */
    const trimmed = async (ms: number): Promise<void> => {
      await clock.advance(ms);
      await log.append([{ tags: [], bodies: [], heads: null }]);
    };
    await append('a');
    clock.jump(year);
    await trimmed(20_000);
    await append('b');
    clock.jump(-2 * year);
    await trimmed(20_000);
    await append('c');
    expect(tags()).toEqual(['a', 'b', 'c']);
    const times = log.read(1, 1e9).map(({ atMs }) => atMs);
    expect(times).toEqual([...times].sort((x, y) => x - y));
    expect(log.seqAt(times[1] ?? 0)).toBe(2);
    clock.jump(year);
    await trimmed(2 * hour);
    expect(tags()).toEqual(['b', 'c']);
    await log.close();
  });
});
