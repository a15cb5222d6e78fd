import { expect, it } from 'vitest';
import { type Cause, silentTelemetry } from '../../../src/core/index.ts';
import type { Deliveries } from '../../../src/master/jobs/deliveries.ts';
import type { JobCache } from '../../../src/master/jobs/job-cache.ts';
import type { JobRecord } from '../../../src/master/jobs/job-record.ts';
import { type JobRequest, Publisher } from '../../../src/master/jobs/publisher.ts';
import type { Ledger } from '../../../src/master/ledger.ts';
import { FakeClock } from './fake-clock.ts';

const jid = '20261122160000000001';

function request(cause: Cause | null): JobRequest {
  const rest = { arg: [], kwarg: new Map(), user: 'root', ret: '', metadata: null, depth: 1 };
  return { jid, tgt: 'm1', tgtType: 'glob', fun: 'test.ping', cause, ...rest };
}

function publisher(): { publisher: Publisher; sent: string[] } {
  const known = new Map<string, JobRecord>();
  const sent: string[] = [];
  const cache = {
    find: (id: string) => known.get(id),
    remember: (records: readonly JobRecord[]) => {
      for (const record of records) known.set(record.load.jid, record);
    },
  } as unknown as JobCache;
  const deliveries = {
    changesFor: () => [],
    reachesAny: () => true,
    send: (records: readonly JobRecord[]) => sent.push(...records.map(({ load }) => load.jid)),
  } as unknown as Deliveries;
  return {
    publisher: new Publisher({
      cache,
      deliveries,
      ledger: { record: () => Promise.resolve() } as unknown as Ledger,
      inventory: { ids: ['m1'], has: () => true, grains: () => new Map(), nodeGroups: {} },
      clock: new FakeClock(),
      ids: { jid: () => jid, random: () => '', fraction: () => 0 },
      telemetry: silentTelemetry,
    }),
    sent,
  };
}

it('takes a reaction for a repeat only when the job with its id has the same cause', async () => {
  const { publisher: jobs, sent } = publisher();
  const cause = { event: 'log-1', rule: 'r' };
  expect(await jobs.publish([request(cause)])).toMatchObject([{ ok: true, repeated: false }]);
  expect(await jobs.publish([request({ ...cause })])).toMatchObject([{ ok: true, repeated: true }]);
  for (const other of [
    { event: 'log-2', rule: 'r' },
    { event: 'log-1', rule: 's' },
  ])
    expect(await jobs.publish([request(other)])).toMatchObject([{ ok: false, reason: 'refused' }]);
  expect(sent).toEqual([jid]);
});

it('refuses the reaction whose id a job from outside has', async () => {
  const { publisher: jobs, sent } = publisher();
  await jobs.publish([request(null)]);
  const [answer] = await jobs.publish([request({ event: 'log-1', rule: 'r' })]);
  expect(answer).toMatchObject({ ok: false, message: `The job id ${jid} belongs to another job.` });
  expect(sent).toEqual([jid]);
});
