import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { connectBus } from '../../src/bus/index.ts';
import { mapOf } from '../../src/core/index.ts';
import { systemClock } from '../../src/system/index.ts';
import { eventually } from '../support/brine.ts';
import { temporaryFolder } from '../support/temp.ts';
import { ask, Cluster } from './support/cluster.ts';

const jobsMax = 200;
/** Jobs of each rule that hangs: many more than the minion has places, and than the master sends ahead. */
const hung = 2000;
const others = 100;
const rounds = 3;

/** A command that hangs, a function that never returns, one at a time of a third kind, and a rule that works. */
const rules = (effectsFile: string): string => `rules:
  hangs:
    on: hang/*
    do:
      - local.cmd.run: {tgt: counter, args: ['exec sleep 600']}
  waits:
    on: hang/*
    do:
      - local.test.sleep: {tgt: counter, args: [600]}
  one-by-one:
    on: hang/*
    concurrency: 1
    do:
      - local.test.sleep: {tgt: counter, args: [600]}
  works:
    on: work/*
    do:
      - local.file.append: {tgt: counter, args: ['${effectsFile}', '{{ data.n }}']}
`;

test('jobs that hang, however many, leave places for the jobs of other rules', async () => {
  using folder = temporaryFolder();
  const effectsFile = `${folder.path}/effects`;
  const config = { jobs_max: jobsMax, reactor_rule_backlog: 1000 };
  await using cluster = new Cluster({ folder: folder.path, rules: rules(effectsFile), config });
  await cluster.start();
  const link = cluster.link();
  const bus = connectBus(link, { clock: systemClock });
  const send = (tag: string, count: number): Promise<unknown> =>
    bus.publish(Array.from({ length: count }, (_, n) => ({ tag, data: mapOf({ n }) })));
  const effects = (): number => readFileSync(effectsFile, 'utf8').split('\n').length - 1;
  let wanted = 0;
  const works = async (): Promise<void> => {
    wanted += others;
    await send('work/now', others);
    await eventually(() => (effects() >= wanted ? true : undefined), `${wanted} effects`, 60_000);
  };
  await works();
  const admin = cluster.link('reactor');
  await send('hang/now', hung);
  // Two rules have their jobs with the master; of the third one runs, and what may not even wait is recorded.
  await eventually(
    async () => {
      const { settled, running } = await progressOf();
      return settled >= wanted + 2 * hung + 1 && running > jobsMax / 2 ? true : undefined;
    },
    'submitting the jobs that hang',
    60_000,
  );
  // A job that waited for one that hangs would wait for minutes: all of these end while all of those hang.
  for (let round = 0; round < rounds; round += 1) await works();
  expect(effects()).toBe(wanted);
  expect((await progressOf()).running).toBeGreaterThan(jobsMax / 2);

  const overloaded = (await ask(admin, 'decisions', { limit: 100_000 })).get('list');
  const verdicts = (Array.isArray(overloaded) ? overloaded : []).filter(
    (one) => one instanceof Map && one.get('verdict') === 'overloaded',
  );
  for (const verdict of verdicts) expect((verdict as Map<string, string>).get('rule')).toBe('one-by-one');
  const queues = (await ask(admin, 'status')).get('queues');
  const waiting = (Array.isArray(queues) ? queues : []).find(
    (queue) => queue instanceof Map && queue.get('of') === 'one-by-one',
  );
  expect(waiting).toBeInstanceOf(Map);
  expect(Number((waiting as Map<string, number>).get('depth')) + verdicts.length).toBe(hung - 1);

  await admin.close();
  await bus.close();
  await link.close();
  // Stopping ends the commands that hang as well.
  await cluster.stop();
  expect(cluster.accidents).toEqual([]);

  async function progressOf(): Promise<{ settled: number; running: number }> {
    const [ofReactor, ofMaster] = await Promise.all([ask(admin, 'status'), ask(link, 'status')]);
    const jobs = ofMaster.get('jobs');
    return {
      settled: Number(ofReactor.get('settled')),
      running: jobs instanceof Map ? Number(jobs.get('taken')) : 0,
    };
  }
}, 150_000);
