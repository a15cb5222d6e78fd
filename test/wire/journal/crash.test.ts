import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { silentTelemetry } from '../../../src/core/index.ts';
import { openEventLog } from '../../../src/journal/index.ts';
import { systemClock, systemIds } from '../../../src/system/index.ts';
import { temporaryFolder } from '../../support/temp.ts';

const script = fileURLToPath(new URL('append-until-killed.ts', import.meta.url));
const kills = 6;

/** Lets the child append until it has acknowledged so many lines, kills it, and returns all whole lines. */
async function appendAndKill(folder: string, lines: number): Promise<string[]> {
  const child = spawn(process.execPath, ['--import', 'tsx', script, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (chunk: string) => {
    text += chunk;
    if (text.split('\n').length > lines) child.kill('SIGKILL');
  });
  await once(child, 'close');
  // Node lets go of a process some turns after it told of its end.
  while (process.getActiveResourcesInfo().includes('ProcessWrap')) await nextTurn();
  return text.split('\n').slice(0, -1);
}

test('every acknowledged event survives SIGKILL, and the numbers have no holes', async () => {
  using folder = temporaryFolder();
  const acknowledged = new Map<number, string>();
  for (let kill = 0; kill < kills; kill += 1) {
    const lines = await appendAndKill(folder.path, 1 + Math.floor(Math.random() * 400));
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) {
      const [firstSeq, ...tags] = line.split(' ');
      tags.forEach((tag, i) => acknowledged.set(Number(firstSeq) + i, tag));
    }
    await expectWhole(folder.path, acknowledged);
  }
});

async function expectWhole(folder: string, acknowledged: ReadonlyMap<number, string>): Promise<void> {
  const log = await openEventLog(folder, {
    clock: systemClock,
    ids: systemIds(systemClock),
    telemetry: silentTelemetry,
    retentionMs: 1e12,
    retentionBytes: 1e12,
  });
  const stored = new Map<number, string>();
  let next = 1;
  for (const batch of log.read(1, Number.POSITIVE_INFINITY)) {
    expect(batch.firstSeq).toBe(next);
    next += batch.tags.length;
    batch.tags.forEach((tag, i) => {
      stored.set(batch.firstSeq + i, tag);
      expect(Buffer.from(batch.bodies[i] ?? []).toString()).toBe(tag.repeat(50));
    });
  }
  expect(log.nextSeq()).toBe(next);
  for (const [seq, tag] of acknowledged) expect(stored.get(seq)).toBe(tag);
  await log.close();
}
