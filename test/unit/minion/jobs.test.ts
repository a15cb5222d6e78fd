import { expect, it } from 'vitest';
import { type JobLoad, type JobReturn, jobFromValue, mapOf } from '../../../src/core/index.ts';
import type { Functions } from '../../../src/minion/execute/functions.ts';
import { JobRunner, type JobRunnerOptions } from '../../../src/minion/jobs.ts';
import type { Spool, SpooledJob } from '../../../src/minion/spool.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const job = (n: number): JobLoad => jobFromValue(mapOf({ jid: `2026112216000000${n}`, fun: 'test.ping' }));

/** A runner of one job at a time, on a spool whose disk refuses what `refuses` says. */
function runner(refuses: (what: 'take' | 'start') => boolean, gate: Promise<void> = Promise.resolve()) {
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
    jobsMax: 1,
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
    // As many as may wait, beside the one that runs.
    expect(new Set(confirmed).size).toBe(10_001);
  }
  open();
  await expect.poll(() => returns.length, { timeout: 20_000 }).toBe(loads.length);
  expect(new Set(ran).size).toBe(loads.length);
  expect(ran).toHaveLength(loads.length);
  expect(new Set(confirmed).size).toBe(loads.length);
  expect(returns.every(({ success }) => success)).toBe(true);
  await jobs.stop(0);
}, 30_000);
