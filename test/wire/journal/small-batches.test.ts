import { Packr } from 'msgpackr';
import { expect, test } from 'vitest';
import type { EventBatch, EventLog, NewEvents } from '../../../src/core/index.ts';
import { silentTelemetry } from '../../../src/core/index.ts';
import { openEventLog } from '../../../src/journal/index.ts';
import { systemClock, systemIds } from '../../../src/system/index.ts';
import { temporaryFolder } from '../../support/temp.ts';

const packr = new Packr({ useRecords: false });
const options = {
  clock: systemClock,
  ids: systemIds(systemClock),
  telemetry: silentTelemetry,
  retentionMs: 3_600_000,
  retentionBytes: 1e9,
};

/** Groups of one to four events; every third with heads, and one large event among them. */
const groups = Array.from({ length: 60 }, (_, g): NewEvents => {
  const tags = Array.from({ length: 1 + (g % 4) }, (_, i) => `t/${g}/${i}`);
  const bodies = tags.map((tag) => Buffer.alloc(g === 30 ? 20_000 : 5, tag));
  return { tags, bodies, heads: g % 3 === 0 ? tags.map((_, i) => ({ depth: g + i })) : null };
});

function flat(batches: readonly EventBatch[]): unknown[] {
  return batches.flatMap(({ firstSeq, tags, bodies, heads }) =>
    tags.map((tag, i) => [firstSeq + i, tag, Buffer.from(bodies[i] ?? []).toString(), heads?.[i] ?? null]),
  );
}

function readFrom(log: EventLog, fromSeq: number): unknown[] {
  const found: EventBatch[] = [];
  for (let seq = fromSeq; seq < log.nextSeq(); ) {
    const batches = log.read(seq, 1);
    found.push(...batches);
    seq = batches.reduce((_, { firstSeq, tags }) => firstSeq + tags.length, log.nextSeq());
  }
  return flat(found);
}

test('small groups of one moment share records and keep their numbers, bodies and heads', async () => {
  using folder = temporaryFolder();
  const log = await openEventLog(folder.path, options);
  const firsts = (await Promise.all(groups.map((group) => log.append([group])))).flat();
  const expected = flat(groups.map((group, g) => ({ ...group, firstSeq: firsts[g] ?? 0, atMs: 0 })));
  expect(expected.map((event) => (event as unknown[])[0])).toEqual(expected.map((_, i) => i + 1));
  for (const fromSeq of [1, 2, 77, 79, log.nextSeq() - 1])
    expect(readFrom(log, fromSeq)).toEqual(expected.slice(fromSeq - 1));
  expect(log.read(1, 1e9).length).toBeLessThan(groups.length);
  await log.close();
  const again = await openEventLog(folder.path, options);
  for (const fromSeq of [1, 2, 77, 79]) expect(readFrom(again, fromSeq)).toEqual(expected.slice(fromSeq - 1));
  await again.close();
});

test('events that came packed are stored and read like others, alone and together with others', async () => {
  using folder = temporaryFolder();
  const plain = groups.filter(({ heads }) => heads === null).map(({ tags, bodies }) => ({ tags, bodies }));
  const head = { source: 'local', depth: 2 };
  const sent = plain.map(({ tags, bodies }, g): NewEvents => {
    const heads = g % 2 === 0 ? null : tags.map(() => head);
    const lists = packr.pack([tags, bodies]).subarray(1);
    const packed = { count: tags.length, bytes: lists, head: g % 2 === 0 ? null : head };
    return g % 5 === 0 ? { tags, bodies, heads } : { tags, bodies, heads, packed };
  });
  const log = await openEventLog(folder.path, options);
  const firsts: number[] = [];
  for (const group of sent.slice(0, 10)) firsts.push(...(await log.append([group])));
  firsts.push(...(await Promise.all(sent.slice(10).map((group) => log.append([group])))).flat());
  const expected = flat(sent.map((group, g) => ({ ...group, firstSeq: firsts[g] ?? 0, atMs: 0 })));
  expect(readFrom(log, 1)).toEqual(expected);
  await log.close();
  const again = await openEventLog(folder.path, options);
  for (const fromSeq of [1, 2, 30]) expect(readFrom(again, fromSeq)).toEqual(expected.slice(fromSeq - 1));
  await again.close();
});

test('what readers come to late is the same as what they come to at once', async () => {
  using folder = temporaryFolder();
  const log = await openEventLog(folder.path, options);
  const expected: unknown[] = [];
  for (let n = 0; n < 80; n += 1) {
    const tags = Array.from({ length: 5 }, (_, i) => `late/${n}/${i}`);
    const heads = n % 2 === 0 ? tags.map((_, i) => (i === 2 ? null : { depth: n, source: 'local' })) : null;
    await log.append([{ tags, bodies: tags.map((tag) => Buffer.alloc(2000, tag)), heads }]);
    const soon = flat(log.read(1 + n * 5, 1));
    expect(soon).toHaveLength(5);
    expected.push(...soon);
  }
  expect(readFrom(log, 1)).toEqual(expected);
  expect(readFrom(log, 3)).toEqual(expected.slice(2));
  await log.close();
});
