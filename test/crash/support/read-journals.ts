// Run as a child process, because what LMDB does with a damaged file may end the process. For each folder named on the
// standard input: opens the event log and the store in it, reads everything, and prints what it found as one line.
import { createInterface } from 'node:readline';
import { isBrineError, messageOf, silentTelemetry } from '../../../src/core/index.ts';
import { openEventLog, openStore } from '../../../src/journal/index.ts';
import { systemClock, systemIds } from '../../../src/system/index.ts';

const ports = { clock: systemClock, telemetry: silentTelemetry };

async function readEvents(folder: string): Promise<string[]> {
  const ids = systemIds(systemClock);
  const log = await openEventLog(folder, { ...ports, ids, retentionMs: 1e13, retentionBytes: 1e13 });
  try {
    const found: string[] = [];
    for (let seq = log.oldestSeq(); seq < log.nextSeq(); ) {
      const batches = log.read(seq, 1 << 16);
      if (batches.length === 0) throw new Error(`nothing to read at ${seq} of ${log.nextSeq()}`);
      for (const { firstSeq, tags, bodies } of batches) {
        tags.forEach((tag, i) =>
          found.push(`${firstSeq + i} ${tag} ${Buffer.from(bodies[i] ?? []).toString('hex')}`),
        );
        seq = firstSeq + tags.length;
      }
    }
    return [...found, `next ${log.nextSeq()}`];
  } finally {
    await log.close();
  }
}

async function readStore(folder: string): Promise<string[]> {
  const store = await openStore(folder, ['jobs'], ports);
  try {
    return Array.from(store.range('jobs'), ([key, value]) => `${key} ${JSON.stringify(value)}`);
  } finally {
    await store.close();
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const [kind = '', folder = ''] = line.split(' ');
  try {
    const found = await (kind === 'events' ? readEvents(folder) : readStore(folder));
    process.stdout.write(`${JSON.stringify({ found })}\n`);
  } catch (error) {
    const code = isBrineError(error) ? error.code : 'OTHER';
    process.stdout.write(`${JSON.stringify({ code, message: messageOf(error) })}\n`);
  }
}
