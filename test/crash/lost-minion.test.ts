import { expect, test } from 'vitest';
import { connectBus, unpackData } from '../../src/bus/index.ts';
import type { ValueMap } from '../../src/core/index.ts';
import { systemClock } from '../../src/system/index.ts';
import { eventually } from '../support/brine.ts';
import { temporaryFolder } from '../support/temp.ts';
import { ask, Cluster } from './support/cluster.ts';

const rules = `rules:
  hangs:
    on: hang/now
    do:
      - local.test.sleep: {tgt: counter, args: [600]}
  once:
    on: once/*
    concurrency: 1
    do:
      - local.test.sleep: {tgt: counter, args: [600]}
  told:
    on: brine/job/*/lost/*
    do:
      - event.send: {tag: 'told/{{ data.id }}', data: {jid: '{{ data.jid }}'}}
`;

test('a job whose minion dies for good ends as lost, frees its place, and stays lost when the minion comes back', async () => {
  using folder = temporaryFolder();
  await using cluster = new Cluster({ folder: folder.path, rules, config: { job_lease: 30 } });
  await cluster.start();
  const link = cluster.link();
  const admin = cluster.link('reactor');
  const bus = connectBus(link, { clock: systemClock });
  const seen: { tag: string; data: ValueMap }[] = [];
  const subscription = bus.subscribe({ from: 1, prefixes: [], name: 'test' });
  const reading = (async () => {
    for await (const message of subscription)
      if (message.kind === 'events')
        message.batch.tags.forEach((tag, i) =>
          seen.push({ tag, data: unpackData(message.batch.bodies[i] ?? new Uint8Array()) }),
        );
  })();
  const until = (fits: RegExp, count: number, limitMs: number): Promise<{ tag: string; data: ValueMap }[]> =>
    eventually(
      () => {
        const found = seen.filter(({ tag }) => fits.test(tag));
        return found.length >= count ? found : undefined;
      },
      `${count} events ${String(fits)}`,
      limitMs,
    );
  await bus.publish(['hang/now', 'once/1', 'once/2'].map((tag) => ({ tag, data: new Map() })));
  await eventually(async () => {
    const jobs = (await ask(link, 'status')).get('jobs');
    return jobs instanceof Map && jobs.get('taken') === 2 ? true : undefined;
  }, 'two jobs to run');
  await cluster.processes.minion.end('SIGKILL');

  const lost = await until(/^brine\/job\/\d+\/lost\/counter$/, 2, 60_000);
  expect(lost[0]?.data.get('fun')).toBe('test.sleep');
  expect(String(lost[0]?.data.get('reason') as string)).toContain('no sign of this job for 30 seconds');
  // Rules may watch it, and the next one of the rule that waited was submitted.
  await until(/^told\/counter$/, 2, 10_000);
  const { length } = await until(/^salt\/job\/\d+\/new$/, 3, 20_000);
  expect(length).toBe(3);

  // The minion comes back and tells that its jobs were interrupted: that is late, and lost they stay.
  expect(await cluster.processes.minion.start()).toBe(true);
  const lostJids = new Set(lost.map(({ data }) => data.get('jid')));
  const late = await eventually(() => {
    const found = seen.filter(
      ({ tag, data }) => tag.endsWith('/ret/counter') && lostJids.has(data.get('jid') ?? null),
    );
    return found.length >= 2 ? found : undefined;
  }, 'the late returns');
  for (const { data } of late) expect(data.get('late')).toBe(true);
  expect(seen.filter(({ tag }) => /\/lost\//.test(tag))).toHaveLength(2);

  subscription.close();
  await reading;
  await bus.close();
  await admin.close();
  await link.close();
  await cluster.stop();
  expect(cluster.accidents).toEqual([]);
}, 150_000);
