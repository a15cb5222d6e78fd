import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, copyFileSync, openSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { silentTelemetry } from '../../src/core/index.ts';
import { openEventLog } from '../../src/journal/index.ts';
import { systemClock, systemIds } from '../../src/system/index.ts';
import { temporaryFolder } from '../support/temp.ts';
import { canMount, Mount, makeImage } from './support/mounts.ts';

const script = fileURLToPath(new URL('../wire/journal/append-until-killed.ts', import.meta.url));
const cuts = 6;
const linesPerCut = 150;

/**
 * The log writes to a file system inside an image. The image holds what was flushed, not what waits in the page
 * cache, so a copy of the image is what a disk holds when the power fails at that moment.
 */
test.skipIf(!canMount('image'))('what was acknowledged is there after the power fails', async () => {
  using folder = temporaryFolder();
  const image = join(folder.path, 'disk');
  expect(makeImage(image, 48)).toBe(true);
  using disk = Mount.image(image, join(folder.path, 'm'));
  const child = spawn(process.execPath, ['--import', 'tsx', script, join(disk.path, 'log')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = once(child, 'exit');
  let text = '';
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (chunk: string) => (text += chunk));
  // A file beside the log that nobody flushes: it shows that the copies lack what was not flushed.
  const careless = openSync(join(disk.path, 'careless'), 'w');
  try {
    for (let cut = 1; cut <= cuts; cut += 1) {
      while (text.split('\n').length <= cut * linesPerCut) {
        writeSync(careless, 'x'.repeat(1000));
        await once(child.stdout, 'data');
      }
      const acknowledged = text.split('\n').slice(0, -1);
      // No new writes while the image is copied; what is in the page cache stays there.
      child.kill('SIGSTOP');
      copyFileSync(image, join(folder.path, 'copy'));
      const written = statSync(join(disk.path, 'careless')).size;
      child.kill('SIGCONT');
      const flushed = await afterPowerLoss(folder.path, acknowledged);
      expect(flushed).toBeLessThan(written);
    }
  } finally {
    closeSync(careless);
    child.kill('SIGKILL');
    await gone;
  }
});

/** Opens what the copy holds, checks it, and returns the size of the careless file there. */
async function afterPowerLoss(folder: string, acknowledged: readonly string[]): Promise<number> {
  using disk = Mount.image(join(folder, 'copy'), join(folder, 'after'));
  const log = await openEventLog(join(disk.path, 'log'), {
    clock: systemClock,
    ids: systemIds(systemClock),
    telemetry: silentTelemetry,
    retentionMs: 1e13,
    retentionBytes: 1e13,
  });
  const stored = new Map<number, string>();
  for (const { firstSeq, tags, bodies } of log.read(1, Number.POSITIVE_INFINITY))
    tags.forEach((tag, i) => {
      expect(Buffer.from(bodies[i] ?? []).toString()).toBe(tag.repeat(50));
      stored.set(firstSeq + i, tag);
    });
  expect(stored.size).toBe(log.nextSeq() - 1);
  await log.close();
  for (const line of acknowledged) {
    const [firstSeq, ...tags] = line.split(' ');
    tags.forEach((tag, i) => expect(stored.get(Number(firstSeq) + i)).toBe(tag));
  }
  return statSync(join(disk.path, 'careless'), { throwIfNoEntry: false })?.size ?? 0;
}
