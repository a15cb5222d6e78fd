import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { connectBus } from '../../src/bus/index.ts';
import { mapOf } from '../../src/core/index.ts';
import { systemClock } from '../../src/system/index.ts';
import { eventually } from '../support/brine.ts';
import { temporaryFolder } from '../support/temp.ts';
import { ask, Cluster } from './support/cluster.ts';

const hung = 20;
const others = 500;

/** A command that hangs, a module function that never returns, and a runner that waits for nobody's answer. */
const rules = (effectsFile: string): string => `rules:
  hangs:
    on: hang/*
    do:
      - local.cmd.run: {tgt: counter, args: ['exec sleep 600']}
  waits:
    on: hang/*
    do:
      - local.test.sleep: {tgt: counter, args: [600]}
  works:
    on: work/*
    do:
      - local.file.append: {tgt: counter, args: ['${effectsFile}', '{{ data.n }}']}
`;

test('jobs that hang do not slow the jobs of another rule', async () => {
  using folder = temporaryFolder();
  const effectsFile = `${folder.path}/effects`;
  await using cluster = new Cluster({ folder: folder.path, rules: rules(effectsFile) });
  await cluster.start();
  const link = cluster.link();
  const bus = connectBus(link, { clock: systemClock });
  const send = (tag: string, count: number): Promise<unknown> =>
    bus.publish(Array.from({ length: count }, (_, n) => ({ tag, data: mapOf({ n }) })));
  const effects = (): number => readFileSync(effectsFile, 'utf8').split('\n').length - 1;
  const timed = async (wanted: number): Promise<number> => {
    const startMs = performance.now();
    await send('work/now', others);
    await eventually(() => (effects() >= wanted ? true : undefined), `${wanted} effects`);
    return performance.now() - startMs;
  };
  await timed(others);
  const before = await timed(2 * others);
  await send('hang/now', hung);
  const admin = cluster.link('reactor');
  await eventually(async () => {
    const status = await ask(admin, 'status');
    return Number(status.get('settled')) >= 2 * others + 2 * hung ? true : undefined;
  }, 'submitting the jobs that hang');
  const during = await timed(3 * others);
  expect(effects()).toBe(3 * others);
  // A job that waited for one that hangs would wait for minutes.
  expect(during).toBeLessThan(before * 3 + 2000);
  await admin.close();
  await bus.close();
  await link.close();
  // Stopping ends the commands that hang as well.
  await cluster.stop();
  expect(cluster.accidents).toEqual([]);
});
