import { join } from 'node:path';
import { expect, test } from 'vitest';
import { connectBus } from '../../src/bus/index.ts';
import { isBrineError, mapOf } from '../../src/core/index.ts';
import { systemClock } from '../../src/system/index.ts';
import { eventually } from '../support/brine.ts';
import { temporaryFolder } from '../support/temp.ts';
import { audit, ledgerRulesText } from './support/audit.ts';
import { Cluster } from './support/cluster.ts';
import { drained } from './support/drained.ts';
import { kindOf, type Published } from './support/generator.ts';
import { canMount, Mount } from './support/mounts.ts';

test.skipIf(!canMount('tmpfs'))(
  'a full disk refuses at the door, loses nothing that was accepted, and room heals it',
  async () => {
    using folder = temporaryFolder();
    using disk = Mount.tmpfs(join(folder.path, 'd'), 6000);
    const effectsFile = join(folder.path, 'effects');
    await using cluster = new Cluster({ folder: folder.path, rules: ledgerRulesText(effectsFile) });
    await cluster.start();
    const link = cluster.link();
    const bus = connectBus(link, { clock: systemClock });
    const published: Published = { acked: new Map(), unknown: new Set(), refused: new Map() };
    let next = 0;
    const publish = async (): Promise<string> => {
      const numbers = Array.from({ length: 20 }, () => next++);
      // Long enough to fill the disk soon.
      const events = numbers.map((n) => ({
        tag: `load/${kindOf(n)}`,
        data: mapOf({ n, padding: 'x'.repeat(800) }),
      }));
      try {
        const { firstSeq, accepted } = await bus.publish(events);
        expect(accepted).toBe(numbers.length);
        numbers.forEach((n, i) => published.acked.set(n, firstSeq + i));
        return 'accepted';
      } catch (error) {
        const code = isBrineError(error) ? error.code : String(error);
        for (const n of numbers) published.refused.set(n, code);
        return code;
      }
    };
    let answer = 'accepted';
    while (answer === 'accepted' && next < 50_000) answer = await publish();
    expect(answer).toBe('DISK_FULL');
    expect(published.acked.size).toBeGreaterThan(200);
    disk.resize(200_000);
    await eventually(
      async () => ((await publish()) === 'accepted' ? true : undefined),
      'accepting events again',
      15_000,
    );
    for (let i = 0; i < 10; i += 1) expect(await publish()).toBe('accepted');
    await bus.close();
    await link.close();
    await drained(cluster);
    expect(cluster.accidents).toEqual([]);
    await cluster.stop();
    const result = await audit(cluster.dataDir, effectsFile, published);
    expect([...result.missing, ...result.wrong]).toEqual([]);
    expect(result.effects).toBe(published.acked.size);
  },
);
