import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { connectBus, type Subscription } from '../../src/bus/index.ts';
import { mapOf } from '../../src/core/index.ts';
import { systemClock } from '../../src/system/index.ts';
import { eventually } from '../support/brine.ts';
import { temporaryFolder } from '../support/temp.ts';
import { Cluster } from './support/cluster.ts';

const batches = 400;
const batchEvents = 100;
const dataBytes = 2000;

/** Bytes of memory that a process has for itself; the mapped file of the log is not part of it. */
function memoryOf(pid: number): number {
  const kib = /RssAnon:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib) * 1024;
}

test.skipIf(process.platform !== 'linux')(
  'a reader that stalls is cut off with a reason and costs no memory',
  async () => {
    using folder = temporaryFolder();
    await using cluster = new Cluster({ folder: folder.path, rules: 'rules: {}\n' });
    expect(await cluster.processes.master.start()).toBe(true);
    const link = cluster.link();
    const bus = connectBus(link, { clock: systemClock });
    const fast = bus.subscribe({ from: 'now', prefixes: [], name: 'fast' });
    // Nobody takes its messages, so it grants no credit.
    const stalled = bus.subscribe({ from: 'now', prefixes: [], name: 'stalled' });
    await Promise.all([fast.ready, stalled.ready]);
    let taken = 0;
    const reading = (async () => {
      for await (const message of fast) {
        if (message.kind === 'events') taken += message.batch.tags.length;
        if (taken >= batches * batchEvents) return;
      }
    })();
    const { pid } = cluster.processes.master;
    const padding = 'x'.repeat(dataBytes);
    const publish = async (): Promise<void> => {
      await bus.publish(
        Array.from({ length: batchEvents }, (_, n) => ({ tag: 'a/b', data: mapOf({ n, padding }) })),
      );
    };
    // The program's own buffers have their size after some of them.
    for (let i = 0; i < batches / 4; i += 1) await publish();
    const before = memoryOf(pid);
    for (let i = 0; i < (batches * 3) / 4; i += 1) await publish();
    await reading;
    const grewBy = memoryOf(pid) - before;
    // What the log took meanwhile; held for the stalled reader it would be memory.
    const logged = (batches * 3 * batchEvents * dataBytes) / 4;
    expect(grewBy).toBeLessThan(logged / 2);
    await eventually(
      () => (cluster.processes.master.lastLines(50).includes('bus.reader.cut') ? true : undefined),
      'cutting the stalled reader off',
      50_000,
    );
    await expect(readAll(stalled)).rejects.toThrow(/cut stalled off: It asked for no events for 30 s/);
    await bus.close();
    await link.close();
    await cluster.stop();
    expect(cluster.accidents).toEqual([]);
  },
  90_000,
);

async function readAll(subscription: Subscription): Promise<number> {
  let count = 0;
  for await (const message of subscription) if (message.kind === 'events') count += 1;
  return count;
}
