import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { silentTelemetry, textAt, type Value } from '../../src/core/index.ts';
import { openReactorStore } from '../../src/journal/index.ts';
import { systemClock } from '../../src/system/index.ts';
import { eventually } from '../support/brine.ts';
import { temporaryFolder } from '../support/temp.ts';
import { audit, ledgerRulesText } from './support/audit.ts';
import { ask, Cluster } from './support/cluster.ts';
import { drained } from './support/drained.ts';
import { Generator, ledgerEvent } from './support/generator.ts';

const reloads = 100;

test('100 reloads at 2,000 events a second lose nothing, each decision names its rules, and a wrong set is refused with the reason', async () => {
  using folder = temporaryFolder();
  const effectsFile = `${folder.path}/effects`;
  const rules = ledgerRulesText(effectsFile);
  await using cluster = new Cluster({ folder: folder.path, rules, config: { reactor_watch: 'false' } });
  await cluster.start();
  const link = cluster.link();
  const admin = cluster.link('reactor');
  const generator = new Generator({ link, events: 1_000_000, perSecond: 2000, eventOf: ledgerEvent });
  const publishing = generator.run();

  const hashOf = async (): Promise<Value | undefined> => (await ask(admin, 'status')).get('rule_set');
  const hashes = new Set<Value | undefined>([await hashOf()]);
  let last = [...hashes][0];
  for (let reload = 1; reload <= reloads; reload += 1) {
    // Another rule each time, so that each set has a hash of its own.
    writeFileSync(
      cluster.rulesFile,
      `${rules}  reload-${reload}:\n    on: never/${reload}\n    do:\n      - event.send: {tag: never/seen}\n`,
    );
    cluster.processes.reactor.signal('SIGHUP');
    last = await eventually(async () => {
      const hash = await hashOf();
      return hash === last ? undefined : hash;
    }, `reload ${reload}`);
    hashes.add(last);
  }
  expect(hashes.size).toBe(reloads + 1);

  writeFileSync(
    cluster.rulesFile,
    `${rules}  broken:\n    on: load/*\n    du: []\n    do:\n      - event.send: {tag: never/seen}\n`,
  );
  cluster.processes.reactor.signal('SIGHUP');
  const problems = await eventually(async () => {
    const found = (await ask(admin, 'status')).get('problems');
    return Array.isArray(found) && found.length > 0 ? found : undefined;
  }, 'telling the problems');
  expect(await hashOf()).toBe(last);
  const [problem] = problems;
  expect(problem instanceof Map ? textAt(problem, 'message') : '').toContain('du');
  expect(problem instanceof Map ? problem.get('line') : 0).toBe(rules.split('\n').length + 2);
  expect(cluster.processes.reactor.lastLines(100)).toContain('rules.refused');

  generator.stop();
  await publishing;
  await link.close();
  await admin.close();
  await drained(cluster);
  await cluster.stop();
  const result = await audit(cluster.dataDir, effectsFile, generator.published);
  expect([...result.missing, ...result.wrong, ...cluster.accidents]).toEqual([]);
  expect(result.accepted).toBe(generator.sent);
  const named = await ruleSetsNamed(cluster.dataDir);
  for (const hash of named) expect(hashes).toContain(hash);
  // On a busy machine several reloads come between two batches.
  expect(named.size).toBeGreaterThan(reloads / 10);
}, 180_000);

async function ruleSetsNamed(dataDir: string): Promise<Set<string>> {
  const ports = { clock: systemClock, telemetry: silentTelemetry, keepDecisionsMs: 1e13 };
  const store = await openReactorStore(`${dataDir}/reactor`, ports);
  const named = new Set(Array.from(store.decisions(Number.POSITIVE_INFINITY), ({ ruleSet }) => ruleSet));
  await store.close();
  return named;
}
