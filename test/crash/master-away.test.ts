import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/temp.ts';
import { audit, ledgerRulesText } from './support/audit.ts';
import { Cluster } from './support/cluster.ts';
import { drained } from './support/drained.ts';
import { Generator, ledgerEvent } from './support/generator.ts';
import { type Role } from './support/process.ts';

/** How long somebody is away; what waits in between has to be held by the others. */
const awayMs = 6000;

test('whoever is away for a while, stopped or dead, the others go on without a restart', async () => {
  using folder = temporaryFolder();
  const effectsFile = `${folder.path}/effects`;
  await using cluster = new Cluster({ folder: folder.path, rules: ledgerRulesText(effectsFile) });
  await cluster.start();
  const link = cluster.link();
  const generator = new Generator({ link, events: 1_000_000, perSecond: 100, eventOf: ledgerEvent });
  const publishing = generator.run();
  const { master, minion, reactor } = cluster.processes;
  const pids = (): number[] => [minion.pid, reactor.pid];
  const others = pids();

  for (const role of ['master', 'minion', 'reactor'] satisfies Role[]) {
    cluster.processes[role].signal('SIGSTOP');
    await pause(role === 'master' ? awayMs : awayMs / 3);
    cluster.processes[role].signal('SIGCONT');
    await pause(500);
  }
  await master.end('SIGKILL');
  await pause(awayMs);
  expect(await master.start()).toBe(true);
  expect(pids()).toEqual(others);
  await pause(1000);

  generator.stop();
  await publishing;
  await link.close();
  await drained(cluster);
  expect(pids()).toEqual(others);
  await cluster.stop();
  const result = await audit(cluster.dataDir, effectsFile, generator.published);
  expect([...result.missing, ...result.wrong, ...cluster.accidents]).toEqual([]);
  // Nobody but the master was killed, so no job was interrupted and every event has its effect.
  expect(result.interrupted + result.undelivered).toBe(0);
  expect(result.effects).toBe(result.accepted + result.unknownPresent);
  expect(result.accepted).toBeGreaterThan(1000);
});
