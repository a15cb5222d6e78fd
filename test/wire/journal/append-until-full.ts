// Run as a child process under a limit on the size of files: appends until the log refuses, then tells what
// became of each batch.
import { silentTelemetry } from '../../../src/core/index.ts';
import { openEventLog } from '../../../src/journal/index.ts';
import { systemClock, systemIds } from '../../../src/system/index.ts';

// Without a listener the system ends a process that writes beyond the limit.
process.on('SIGXFSZ', () => undefined);

const log = await openEventLog(process.argv[2] ?? '', {
  clock: systemClock,
  ids: systemIds(systemClock),
  telemetry: silentTelemetry,
  retentionMs: 1e12,
  retentionBytes: 1e12,
});

const batch = (size: number) => ({
  tags: Array.from({ length: size }, (_, i) => `tag/${i}`),
  bodies: Array.from({ length: size }, () => Buffer.alloc(1000, 0x78)),
  heads: null,
});

const accepted: number[] = [];
const refused: string[] = [];
for (let turn = 0; turn < 200 && refused.length < 3; turn += 1) {
  try {
    const [firstSeq] = await log.append([batch(10)]);
    accepted.push(firstSeq ?? 0);
  } catch (error) {
    refused.push((error as { code: string }).code);
  }
}
process.stdout.write(JSON.stringify({ accepted, refused, nextSeq: log.nextSeq() }));
await log.close();
