import { expect, test } from 'vitest';
import { type NewEvents, silentTelemetry } from '../../../src/core/index.ts';
import { openEventLog } from '../../../src/journal/index.ts';
import { systemClock, systemIds } from '../../../src/system/index.ts';
import { temporaryFolder } from '../../support/temp.ts';

const options = {
  clock: systemClock,
  ids: systemIds(systemClock),
  telemetry: silentTelemetry,
  retentionMs: 3_600_000,
  retentionBytes: 1e9,
};

function events(...tags: string[]): NewEvents {
  return { tags, bodies: tags.map((tag) => Buffer.from(`body of ${tag}`)), heads: null };
}

test('numbers events from 1 without holes, and reads them back from any number', async () => {
  using folder = temporaryFolder();
  const log = await openEventLog(folder.path, options);
  expect([log.nextSeq(), log.oldestSeq()]).toEqual([1, 1]);
  const [first, second] = await Promise.all([
    log.append([events('a', 'b'), events('c')]),
    log.append([events('d', 'e', 'f')]),
  ]);
  expect([first, second]).toEqual([[1, 3], [4]]);
  expect([log.nextSeq(), log.oldestSeq()]).toEqual([7, 1]);
  const tail = log.read(5, 1e6);
  expect(tail.map(({ firstSeq, tags }) => [firstSeq, tags])).toEqual([[5, ['e', 'f']]]);
  expect(log.read(1, 1e6).flatMap((batch) => batch.tags)).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  expect(Buffer.from(log.read(2, 1)[0]?.bodies[0] ?? []).toString()).toBe('body of b');
  expect(log.read(2, 1)).toHaveLength(1);
  expect(log.read(7, 1e6)).toEqual([]);
  await log.close();
});

test('goes on where it stood after it was opened again, with the same id', async () => {
  using folder = temporaryFolder();
  const log = await openEventLog(folder.path, options);
  const heads = [{ cause: { event: 'x-1', rule: 'r' }, depth: 2, source: 'local' }, null];
  await log.append([{ ...events('a', 'b'), heads }]);
  await log.close();
  const again = await openEventLog(folder.path, options);
  expect(again.id).toBe(log.id);
  expect(again.id).toMatch(/^[0-9a-f]{8}$/);
  expect(again.read(1, 1e6)[0]?.heads).toEqual(heads);
  expect(await again.append([events('c')])).toEqual([3]);
  await again.close();
});
