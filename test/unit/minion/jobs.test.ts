import { expect, it } from 'vitest';
import { type JobLoad, type JobReturn, jobFromValue, mapOf } from '../../../src/core/index.ts';
import type { Functions } from '../../../src/minion/execute/functions.ts';
import { JobRunner, type JobRunnerOptions } from '../../../src/minion/jobs.ts';
import type { Spool, SpooledJob } from '../../../src/minion/spool.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const job = (n: number): JobLoad => jobFromValue(mapOf({ jid: `2026112216000000${n}`, fun: 'test.ping' }));

/** A runner of one job at a time, on a spool whose disk refuses what `refuses` says. */
function runner(refuses: (what: 'take' | 'start') => boolean) {
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
