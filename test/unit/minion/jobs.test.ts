import { expect, it } from 'vitest';
import { type JobLoad, type JobReturn, jobFromValue, mapOf } from '../../../src/core/index.ts';
import type { Functions } from '../../../src/minion/execute/functions.ts';
import { JobRunner, type JobRunnerOptions } from '../../../src/minion/jobs.ts';
import type { Spool, SpooledJob } from '../../../src/minion/spool.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const job = (n: number): JobLoad => jobFromValue(mapOf({ jid: `2026112216000000${n}`, fun: 'test.ping' }));

/** A runner of one job at a time unless said otherwise, on a spool whose disk refuses what `refuses` says. */
function runner(
  refuses: (what: 'take' | 'start') => boolean,
  gate: Promise<void> = Promise.resolve(),
  jobsMax = 1,
) {
  const clock = new VirtualClock();
  const ran: string[] = [];
  const confirmed: string[] = [];
  const known = new Set<string>();
  const told: string[] = [];
  const write = async (what: 'take' | 'start'): Promise<void> => {
    if (refuses(what)) throw new Error('no room');
  };
  const spool = {
    knows: (jid: string) => known.has(jid),
    take: async (jobs: readonly SpooledJob[]) => {
      await write('take');
      for (const { load } of jobs) known.add(load.jid);
    },
    markStarted: () => write('start'),
    finish: () => Promise.resolve(),
  } as unknown as Spool;
  const functions = {
    call: async (_fun: string, _arg: unknown, _kwarg: unknown, call: { job: JobLoad }) => {
      ran.push(call.job.jid);
      await gate;
      return true;
    },
  } as unknown as Functions;
  const returns: JobReturn[] = [];
  const jobs = new JobRunner({
    spool,
    functions,
    parts: { functions, clock } as unknown as JobRunnerOptions['parts'],
    clock,
    telemetry: { emit: (event) => void told.push(event.kind) },
    jobsMax,
    returnBytesMax: 1 << 20,
    onTaken: (jids) => void confirmed.push(...jids),
    onReturned: (list) => void returns.push(...list),
  });
  return { clock, ran, confirmed, told, returns, jobs };
}

it.each(['take', 'start'] as const)(
  'runs every job once, later, when the disk refuses to %s them',
  async (what) => {
    let full = true;
    const { clock, ran, confirmed, told, returns, jobs } = runner((step) => full && step === what);
    const loads = [10, 11, 12].map(job);
    jobs.receive(loads);
    await clock.advance(2500);
    expect(told).toContain('unexpected');
    expect(confirmed).toEqual(what === 'take' ? [] : loads.map(({ jid }) => jid));
    full = false;
    await clock.advance(2500);
    expect(ran).toEqual(loads.map(({ jid }) => jid));
    expect(confirmed).toEqual(loads.map(({ jid }) => jid));
    expect(returns.every(({ success }) => success)).toBe(true);
    await jobs.stop(0);
  },
);

it('confirms no more jobs than may wait, and takes the others when their turn comes', async () => {
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const { clock, ran, confirmed, returns, jobs } = runner(() => false, gate);
  const loads = Array.from({ length: 25_000 }, (_, n) => job(10_000 + n));
  // On a new connection the master sends again what was not confirmed.
  for (let round = 0; round < 2; round += 1) {
    jobs.receive(loads);
    await clock.advance(1000);
    // As many of one kind as may wait, beside the one that runs.
    expect(new Set(confirmed).size).toBe(8001);
  }
  open();
  await expect.poll(() => returns.length, { timeout: 20_000 }).toBe(loads.length);
  expect(new Set(ran).size).toBe(loads.length);
  expect(ran).toHaveLength(loads.length);
  expect(new Set(confirmed).size).toBe(loads.length);
  expect(returns.every(({ success }) => success)).toBe(true);
  await jobs.stop(0);
}, 30_000);

it('keeps places for other rules when the jobs of one hang, however many of them there are', async () => {
  const hang = new Promise<void>(() => undefined);
  const { clock, ran, confirmed, jobs } = runner(() => false, hang, 10);
  const of = (rule: string, first: number, count: number): JobLoad[] =>
    Array.from({ length: count }, (_, n) => ({ ...job(first + n), cause: { event: 'e', rule } }));
  jobs.receive(of('first', 10_000, 20_000));
  await clock.advance(1000);
  expect(ran).toHaveLength(8);
  jobs.receive(of('second', 50_000, 20_000));
  await clock.advance(1000);
  expect(ran).toHaveLength(10);
  // Those of the third rule wait, but nobody keeps the minion from taking them.
  const third = of('third', 80_000, 50);
  jobs.receive(third);
  await clock.advance(1000);
  for (const { jid } of third) expect(confirmed).toContain(jid);
  for (const { jid } of of('first', 10_000, 8)) void jobs.kill(jid);
  await clock.advance(2000);
  expect(ran.filter((jid) => third.some((load) => load.jid === jid)).length).toBeGreaterThan(0);
  await jobs.stop(0);
});
