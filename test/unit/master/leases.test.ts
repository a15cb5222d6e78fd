import { describe, expect, it } from 'vitest';
import {
  get,
  type JobLoad,
  jobFromValue,
  mapOf,
  type OutgoingEvent,
  silentTelemetry,
  type Value,
} from '../../../src/core/index.ts';
import type { Store, StoreChange } from '../../../src/journal/index.ts';
import { Deliveries } from '../../../src/master/jobs/deliveries.ts';
import { JobCache } from '../../../src/master/jobs/job-cache.ts';
import { type JobRecord, jobRecordToValue } from '../../../src/master/jobs/job-record.ts';
import { openJobs } from '../../../src/master/jobs/open-jobs.ts';
import { Outgoing } from '../../../src/master/jobs/outgoing.ts';
import { Returns } from '../../../src/master/jobs/returns.ts';
import type { Ledger } from '../../../src/master/ledger.ts';
import { settled, VirtualClock } from '../../support/virtual-clock.ts';

const leaseMs = 300_000;

/** What a master keeps of jobs, on tables in memory that outlive it. */
function setUp(tables: Map<string, Value> = new Map(), clock: VirtualClock = new VirtualClock()) {
  const events: OutgoingEvent[] = [];
  let fail = false;
  const store = {
    get: (table: string, key: string) => tables.get(`${table} ${key}`),
    *range(table: string, { prefix = '' }: { prefix?: string } = {}): Iterable<[string, Value]> {
      for (const [key, value] of [...tables].sort(([a], [b]) => (a < b ? -1 : 1)))
        if (key.startsWith(`${table} ${prefix}`)) yield [key.slice(table.length + 1), value];
    },
    count: () => tables.size,
  } as unknown as Store;
  const record = async (changes: readonly StoreChange[], told: readonly OutgoingEvent[]): Promise<void> => {
    if (fail) throw new Error('disk full');
    for (const { table, key, value } of changes) {
      if (value === undefined) tables.delete(`${table} ${key}`);
      else tables.set(`${table} ${key}`, value);
    }
    events.push(...told);
  };
  const ledger = { record } as unknown as Ledger;
  const ports = { clock, telemetry: silentTelemetry };
  const isAttached = (): boolean => true;
  const outgoing = new Outgoing({ ...ports, send: async () => true, isAttached, giveUp: () => undefined });
  const deliveries = new Deliveries({ ...ports, store, ledger, outgoing, isAttached, leaseMs });
  const cache = new JobCache(store);
  const ids = { jid: () => '', random: () => '', fraction: () => 0 };
  const returns = new Returns({ ...ports, cache, deliveries, ledger, ids, eventBytesMax: 1 << 20 });
  const publish = async (jid: string, minions: readonly string[] = ['m1']): Promise<void> => {
    const job: JobRecord = { load: loadOf(jid), minions, missing: [], atMs: clock.nowMs() };
    const row = { table: 'jobs', key: jid, value: jobRecordToValue(job) };
    await record([row, ...deliveries.changesFor(job)], []);
    deliveries.send([job]);
  };
  const giveBack = async (jid: string, id = 'm1'): Promise<void> => {
    const ret = { jid, fun: 'f.g', funArgs: [], return: true, retcode: 0, success: true };
    await returns.record(id, [ret]);
  };
  const setFail = (on: boolean): void => {
    fail = on;
  };
  const tags = (): string[] => events.map(({ tag }) => tag);
  return { clock, tables, events, tags, store, cache, deliveries, publish, giveBack, setFail };
}

function loadOf(jid: string): JobLoad {
  return { ...jobFromValue(mapOf({ jid, fun: 'f.g' })), cause: { event: 'e-1', rule: 'r' } };
}

const one = '20261122160000000000';
const two = '20261122160000000002';

describe('the lease of a job that a minion took', () => {
  it('runs out when the minion gives no sign, with an event and a record', async () => {
    const { clock, tables, events, tags, deliveries, publish } = setUp();
    await publish(one);
    deliveries.confirm('m1', [one]);
    expect([deliveries.count, deliveries.leases.count]).toEqual([0, 1]);
    await clock.advance(leaseMs - 1);
    deliveries.sweep();
    expect(tags()).toEqual([]);
    await clock.advance(1);
    deliveries.sweep();
    await settled();
    expect(tags()).toEqual([`brine/job/${one}/lost/m1`]);
    expect(get(events[0]?.data ?? null, 'reason')).toBe(
      'The minion gave no sign of this job for 300 seconds.',
    );
    expect(events[0]?.head).toMatchObject({ cause: { event: 'e-1', rule: 'r' } });
    expect(tables.get(`deliveries m1/${one}`)).toEqual(['lost', clock.nowMs()]);
    expect(deliveries.leases.count).toBe(0);
  });

  it('is renewed as long as the minion says that it has the job', async () => {
    const { clock, tags, deliveries, publish, giveBack, tables } = setUp();
    await publish(one);
    deliveries.confirm('m1', [one]);
    for (let minute = 0; minute < 60; minute += 1) {
      await clock.advance(60_000);
      deliveries.leases.heard('m1', [one]);
      deliveries.sweep();
    }
    expect(tags()).toEqual([]);
    await giveBack(one);
    expect(tags()).toEqual([`salt/job/${one}/ret/m1`]);
    expect(tables.has(`deliveries m1/${one}`)).toBe(false);
    expect(deliveries.isOpen('m1', one)).toBe(false);
  });

  it('ends when the minion does not know the job any more, but not when it took it a moment ago', async () => {
    const { clock, tags, deliveries, publish } = setUp();
    await publish(one);
    deliveries.confirm('m1', [one]);
    await clock.advance(25_000);
    await publish(two);
    deliveries.confirm('m1', [two]);
    await clock.advance(10_000);
    deliveries.leases.heard('m1', []);
    await settled();
    expect(tags()).toEqual([`brine/job/${one}/lost/m1`]);
    expect(deliveries.leases.has('m1', two)).toBe(true);
  });

  it('begins anew with a new master, and its end is tried again when the disk is full', async () => {
    const { clock, tables, deliveries, publish } = setUp();
    await publish(one);
    deliveries.confirm('m1', [one]);
    await clock.advance(leaseMs);
    const second = setUp(tables, clock);
    expect([second.deliveries.count, second.deliveries.leases.count]).toEqual([0, 1]);
    second.deliveries.sweep();
    await settled();
    expect(second.tags()).toEqual([]);
    await clock.advance(leaseMs);
    second.setFail(true);
    second.deliveries.sweep();
    await settled();
    expect(second.deliveries.leases.count).toBe(1);
    second.setFail(false);
    await clock.advance(leaseMs);
    second.deliveries.sweep();
    await settled();
    expect(second.tags()).toEqual([`brine/job/${one}/lost/m1`]);
    // A third one knows how it ended.
    expect(setUp(tables, clock).deliveries.leases.isLost('m1', one)).toBe(true);
  });

  it('is not undone by a return that comes late', async () => {
    const { clock, tables, events, tags, deliveries, publish, giveBack } = setUp();
    await publish(one);
    await publish(two);
    deliveries.confirm('m1', [one, two]);
    await clock.advance(leaseMs);
    await giveBack(two);
    deliveries.sweep();
    await settled();
    await giveBack(one);
    expect(tags()).toEqual([`salt/job/${two}/ret/m1`, `brine/job/${one}/lost/m1`, `salt/job/${one}/ret/m1`]);
    expect(events.map(({ data }) => get(data, 'late'))).toEqual([undefined, undefined, true]);
    expect(tables.get(`deliveries m1/${one}`)).toMatchObject({ 0: 'lost' });
    expect(tables.has(`returns ${one}/m1`)).toBe(true);
  });

  it('goes with its job when that is forgotten', async () => {
    const { clock, tables, cache, deliveries, publish } = setUp();
    await publish(one);
    deliveries.confirm('m1', [one]);
    await clock.advance(leaseMs);
    deliveries.sweep();
    await settled();
    for (const { table, key } of cache.expired(clock.nowMs() + 1, 100)) tables.delete(`${table} ${key}`);
    expect([...tables.keys()]).toEqual([]);
  });
});

it('jobs that have not ended are found by their ids and by their rules', async () => {
  const { store, cache, tables, deliveries, publish, giveBack } = setUp();
  await publish(one, ['m1', 'm2', 'm3']);
  await publish(two);
  tables.set('running 3', mapOf({ rule: 'r' }));
  deliveries.confirm('m1', [one]);
  await giveBack(one, 'm2');
  await giveBack(two);
  const parts = { store, cache, deliveries };
  const open = { jid: one, rule: 'r', minions: ['m1', 'm3'] };
  const run = { jid: '3', rule: 'r', minions: [] };
  const byJid = openJobs(mapOf({ jids: [one, two, '3', '4'] }), parts);
  expect(byJid).toEqual([mapOf(open), mapOf(run)]);
  const byRule = openJobs(mapOf({ rules: ['r'] }), parts) as Map<string, Value>[];
  expect(
    byRule.map((job) => ({
      ...Object.fromEntries(job),
      minions: [...(job.get('minions') as string[])].sort(),
    })),
  ).toEqual([open, run]);
  expect(openJobs(mapOf({ rules: ['other'] }), parts)).toEqual([]);
});
