import { expect, test } from 'vitest';
import { encodeBatch, encodeEvents } from '../../../src/bus/index.ts';
import { type NewEvents, silentTelemetry, type TraceEvent } from '../../../src/core/index.ts';
import { openEventLog } from '../../../src/journal/index.ts';
import { systemClock, systemIds } from '../../../src/system/index.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

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

test('a log that was closed refuses events', async () => {
  using folder = temporaryFolder();
  const log = await openEventLog(folder.path, options);
  const last = log.append([events('a')]);
  await log.close();
  expect(await last).toEqual([1]);
  await expect(log.append([events('b')])).rejects.toMatchObject({ code: 'JOURNAL_DAMAGED' });
});

test('finds the first event that is not older than a time', async () => {
  using folder = temporaryFolder();
  const clock = new VirtualClock(1000);
  const log = await openEventLog(folder.path, { ...options, clock, retentionMs: 1e12 });
  for (const [time, size] of [
    [1000, 3],
    [2000, 1],
    [2000, 2],
    [5000, 4],
  ] as const) {
    await clock.advance(time - clock.nowMs());
    await log.append([events(...Array.from({ length: size }, (_, i) => `t${time}/${i}`))]);
  }
  // A clock that was set back does not make later events older.
  await clock.advance(-4500);
  await log.append([events('back')]);
  const found = [0, 1000, 1001, 2000, 2001, 5000, 5001].map((atMs) => log.seqAt(atMs));
  expect(found).toEqual([1, 1, 4, 4, 7, 7, 12]);
  await log.close();
});

test('forgets events by age and by size, in small steps, and counts on when it is empty', async () => {
  using folder = temporaryFolder();
  const clock = new VirtualClock();
  const trims: TraceEvent[] = [];
  const telemetry = {
    emit: (event: TraceEvent) => void (event.kind === 'journal.trimmed' && trims.push(event)),
  };
  const big = { tags: ['big'], bodies: [Buffer.alloc(10_000)], heads: null };
  const limits = { retentionMs: 1e9, retentionBytes: 1_000_000 };
  const log = await openEventLog(folder.path, { ...options, clock, telemetry, ...limits });
  await log.append(Array.from({ length: 300 }, () => big));
  expect(log.oldestSeq()).toBe(1);
  while (trims.length < 4) await clock.advance(1000);
  expect(log.oldestSeq()).toBe(202);
  expect(trims.map((trim) => trim.kind === 'journal.trimmed' && trim.events)).toEqual([64, 64, 64, 9]);
  expect(log.read(1, 1)[0]?.firstSeq).toBe(202);
  expect(log.seqAt(0)).toBe(202);
  await clock.advance(1e9);
  while (log.oldestSeq() < 301) await clock.advance(1000);
  expect([log.oldestSeq(), log.nextSeq()]).toEqual([301, 301]);
  expect(log.read(1, 1e9)).toEqual([]);
  await log.close();
  const again = await openEventLog(folder.path, { ...options, clock, ...limits });
  expect(await again.append([big])).toEqual([301]);
  await again.close();
});

test('tells its listeners after each append, and stores the bytes that travel', async () => {
  using folder = temporaryFolder();
  const clock = new VirtualClock();
  const log = await openEventLog(folder.path, { ...options, clock });
  const ends: number[] = [];
  const stop = log.onAppend(() => ends.push(log.nextSeq()));
  const sent = encodeEvents(
    [
      { tag: 'a', data: new Map([['x', 1]]), head: { cause: { event: 'e-1', rule: 'r' }, depth: 1 } },
      { tag: 'ü', data: new Map() },
    ],
    clock.nowMs(),
  );
  await log.append([sent]);
  stop();
  await log.append([events('b')]);
  expect(ends).toEqual([3]);
  const [stored] = log.read(1, 1e6);
  expect(stored && encodeBatch(stored, stored.atMs)).toEqual(encodeBatch(sent, clock.nowMs()));
  await log.close();
});
