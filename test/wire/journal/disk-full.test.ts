import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { silentTelemetry } from '../../../src/core/index.ts';
import { openEventLog } from '../../../src/journal/index.ts';
import { systemClock, systemIds } from '../../../src/system/index.ts';
import { temporaryFolder } from '../../support/temp.ts';

const script = fileURLToPath(new URL('append-until-full.ts', import.meta.url));

test('a full disk refuses events, stores none of them by half, and the log goes on later', async () => {
  using folder = temporaryFolder();
  // Files may have 600 KiB here; the error of the system is another one than on a full disk, the path the same.
  const shell = 'ulimit -f 600; exec "$0" --import tsx "$1" "$2"';
  const output = execFileSync('bash', ['-c', shell, process.execPath, script, folder.path], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const { accepted, refused, nextSeq } = JSON.parse(output) as {
    accepted: number[];
    refused: string[];
    nextSeq: number;
  };
  expect(accepted.length).toBeGreaterThan(10);
  expect(refused).toEqual(['DISK_FULL', 'DISK_FULL', 'DISK_FULL']);
  expect(accepted).toEqual(accepted.map((_, i) => 1 + i * 10));
  expect(nextSeq).toBe(1 + accepted.length * 10);
  const log = await openEventLog(folder.path, {
    clock: systemClock,
    ids: systemIds(systemClock),
    telemetry: silentTelemetry,
    retentionMs: 1e12,
    retentionBytes: 1e12,
  });
  expect(log.nextSeq()).toBe(nextSeq);
  const stored = log.read(1, Number.POSITIVE_INFINITY).flatMap(({ tags }) => tags);
  expect(stored).toHaveLength(accepted.length * 10);
  expect(await log.append([{ tags: ['more'], bodies: [Buffer.from('x')], heads: null }])).toEqual([nextSeq]);
  await log.close();
});
