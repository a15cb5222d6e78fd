// Run as a child process: appends batches of growing numbers and prints each acknowledgement until it is killed.
import { silentTelemetry } from '../../../src/core/index.ts';
import { openEventLog } from '../../../src/journal/index.ts';
import { systemClock, systemIds } from '../../../src/system/index.ts';

const log = await openEventLog(process.argv[2] ?? '', {
  clock: systemClock,
  ids: systemIds(systemClock),
  telemetry: silentTelemetry,
  retentionMs: 1e12,
  retentionBytes: 1e12,
});

const writer = async (name: number): Promise<void> => {
  for (let turn = 0; ; turn += 1) {
    const size = 1 + (turn % 7);
    const tags = Array.from({ length: size }, (_, i) => `w${name}/${turn}/${i}`);
    const bodies = tags.map((tag) => Buffer.from(tag.repeat(50)));
    const [firstSeq] = await log.append([{ tags, bodies, heads: null }]);
    process.stdout.write(`${firstSeq} ${tags.join(' ')}\n`);
  }
};
await Promise.all([writer(0), writer(1), writer(2), writer(3)]);
