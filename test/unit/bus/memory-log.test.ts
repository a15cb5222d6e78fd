import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memoryLog } from '../../../src/bus/index.ts';
import { fakeClock } from './fake-clock.ts';

const group = (...tags: string[]) => ({ tags, bodies: tags.map(() => new Uint8Array([0x80])), heads: null });

test('numbers groups on from 1 and tells each its first number', async () => {
  const log = memoryLog({ id: 'l', eventsMax: 100, clock: fakeClock() });
  expect(await log.append([group('a', 'b'), group(), group('c')])).toEqual([1, 3, 3]);
  expect([log.oldestSeq(), log.nextSeq()]).toEqual([1, 4]);
});

test('what it holds is without holes from any number on, and is what was put in', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat({ max: 7 }), { maxLength: 40 }),
      fc.integer({ min: 1, max: 30 }),
      fc.nat({ max: 200 }),
      async (sizes, eventsMax, from) => {
        const log = memoryLog({ id: 'l', eventsMax, clock: fakeClock() });
        let next = 1;
        for (const size of sizes) {
          await log.append([group(...Array.from({ length: size }, () => String(next++)))]);
        }
        expect(log.nextSeq()).toBe(next);
        const held = log.nextSeq() - log.oldestSeq();
        expect(held).toBeGreaterThanOrEqual(Math.min(eventsMax, next - 1));
        expect(held).toBeLessThan(eventsMax + 8);
        const batches = log.read(from, 1_000_000);
        const seqs = batches.flatMap(({ firstSeq, tags }) => tags.map((_, index) => firstSeq + index));
        const begin = Math.max(from, log.oldestSeq());
        expect(seqs).toEqual(Array.from({ length: Math.max(0, next - begin) }, (_, index) => begin + index));
        expect(batches.flatMap(({ tags }) => tags)).toEqual(seqs.map(String));
      },
    ),
  );
});

test('reads about as many bytes as asked for, and never nothing', async () => {
  const log = memoryLog({ id: 'l', eventsMax: 100, clock: fakeClock() });
  for (let n = 0; n < 10; n += 1) await log.append([group('a', 'b')]);
  expect(log.read(1, 1)).toHaveLength(1);
  expect(log.read(1, 6)).toHaveLength(3);
  expect(log.read(21, 6)).toEqual([]);
});

test('finds the first event of a time', async () => {
  const clock = fakeClock(1000);
  const log = memoryLog({ id: 'l', eventsMax: 100, clock });
  await log.append([group('a')]);
  clock.turn(500);
  await log.append([group('b', 'c')]);
  expect([log.seqAt(0), log.seqAt(1000), log.seqAt(1001), log.seqAt(1500), log.seqAt(1501)]).toEqual([
    1, 1, 2, 2, 4,
  ]);
});

test('tells listeners until they stop', async () => {
  const log = memoryLog({ id: 'l', eventsMax: 100, clock: fakeClock() });
  let calls = 0;
  const stop = log.onAppend(() => {
    calls += 1;
  });
  await log.append([group('a')]);
  stop();
  await log.append([group('b')]);
  expect(calls).toBe(1);
});
