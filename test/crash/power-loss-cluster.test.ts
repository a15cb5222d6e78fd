import { copyFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/temp.ts';
import { audit, ledgerRulesText } from './support/audit.ts';
import { Cluster } from './support/cluster.ts';
import { drained } from './support/drained.ts';
import { Generator, ledgerEvent } from './support/generator.ts';
import { canMount, Mount, makeImage } from './support/mounts.ts';
import { roles } from './support/process.ts';

const cuts = 3;
const loadMs = 2500;

/**
 * Master, minion and reactor have their data on a file system inside one image. The image holds what was flushed, so
 * its copy, taken while all three are stopped, is what the machine's disk holds when its power fails at that moment.
 * What jobs do lies outside: the world does not forget with the machine.
 */
test.skipIf(!canMount('image'))(
  'a power failure of the whole machine loses nothing that was acknowledged, and does nothing twice',
  async () => {
    using folder = temporaryFolder();
    const image = join(folder.path, 'disk');
    expect(makeImage(image, 192)).toBe(true);
    const effectsFile = join(folder.path, 'effects');
    await using cluster = new Cluster({ folder: folder.path, rules: ledgerRulesText(effectsFile) });
    let disk = Mount.image(image, cluster.dataDir);
    try {
      await cluster.start();
      const link = cluster.link();
      const generator = new Generator({ link, events: 1_000_000, perSecond: 200, eventOf: ledgerEvent });
      const publishing = generator.run();
      for (let cut = 0; cut < cuts; cut += 1) {
        await pause(loadMs);
        for (const role of roles) cluster.processes[role].signal('SIGSTOP');
        copyFileSync(image, join(folder.path, 'copy'));
        await Promise.all(roles.map((role) => cluster.processes[role].end('SIGKILL')));
        disk[Symbol.dispose]();
        renameSync(join(folder.path, 'copy'), image);
        disk = Mount.image(image, cluster.dataDir);
        const started = await Promise.all(roles.map((role) => cluster.processes[role].start()));
        expect(started).toEqual([true, true, true]);
      }
      await pause(loadMs);
      generator.stop();
      await publishing;
      await link.close();
      await drained(cluster);
      await cluster.stop();
      const result = await audit(cluster.dataDir, effectsFile, generator.published);
      expect([...result.missing, ...result.wrong, ...cluster.accidents]).toEqual([]);
      expect(result.accepted).toBeGreaterThan(500);
      expect(result.effects).toBeGreaterThan(500);
    } finally {
      await Promise.all(roles.map((role) => cluster.processes[role].end('SIGKILL')));
      disk[Symbol.dispose]();
    }
  },
  120_000,
);
