import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { connectBus } from '../../src/bus/index.ts';
import { mapOf } from '../../src/core/index.ts';
import { systemClock } from '../../src/system/index.ts';
import { eventually } from '../support/brine.ts';
import { temporaryFolder } from '../support/temp.ts';
import { ask, Cluster } from './support/cluster.ts';

const others = 300;
/** Each runs into the limit of steps, which takes a few tenths of a second. */
const slow = 120;

const rules = (effectsFile: string): string => `rules:
  slow:
    on: slow/*
    do:
      - event.send:
          tag: never/sent
          data: {n: '{% for i in range(99999) %}{% for j in range(99) %}{% if j == data.n %}{% endif %}{% endfor %}{% endfor %}'}
  works:
    on: work/*
    do:
      - local.file.append: {tgt: counter, args: ['${effectsFile}', '{{ data.n }}']}
`;

test('a rule whose template takes all the steps it may is set aside, and the others go on', async () => {
  using folder = temporaryFolder();
  const effectsFile = `${folder.path}/effects`;
  await using cluster = new Cluster({ folder: folder.path, rules: rules(effectsFile) });
  await cluster.start();
  const link = cluster.link();
  const admin = cluster.link('reactor');
  const bus = connectBus(link, { clock: systemClock });
  const send = (tag: string, count: number): Promise<unknown> =>
    bus.publish(Array.from({ length: count }, (_, n) => ({ tag, data: mapOf({ n }) })));
  const effects = (): number => readFileSync(effectsFile, 'utf8').split('\n').length - 1;
  await send('work/now', others);
  await eventually(() => (effects() >= others ? true : undefined), 'the first effects');

  // The others stand behind all the slow ones in the log.
  await send('slow/now', slow);
  await send('work/now', others);
  await eventually(() => (effects() >= 2 * others ? true : undefined), 'the effects of the others', 50_000);
  const decisions = (await ask(admin, 'decisions', { limit: 100_000 })).get('list');
  const counts = new Map<string, number>();
  for (const one of Array.isArray(decisions) ? decisions : []) {
    const decision = one as Map<string, string>;
    if (decision.get('rule') !== 'slow') continue;
    const verdict = decision.get('verdict') ?? '';
    counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  }
  const decided = counts.get('problem') ?? 0;
  // Each event of the slow rule has its record: a few were rendered to the limit, the others say why not.
  expect(decided).toBeGreaterThan(0);
  expect(decided + (counts.get('overloaded') ?? 0)).toBe(slow);
  expect(decided).toBeLessThan(slow / 2);
  await bus.close();
  await admin.close();
  await link.close();
  await cluster.stop();
  expect(cluster.accidents).toEqual([]);
}, 90_000);
