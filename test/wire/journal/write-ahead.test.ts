import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Clock, silentTelemetry, type Value } from '../../../src/core/index.ts';
import { openReactorStore, openStore, type Store } from '../../../src/journal/index.ts';
import { systemClock } from '../../../src/system/index.ts';
import { temporaryFolder } from '../../support/temp.ts';

/** Pauses between commits are shorter than this, takeovers rarer. */
const pauseMsMax = 50;

/** A clock whose later alarms ring when the test says so: nothing leaves the write-ahead file by itself. */
class ManualClock implements Clock {
  readonly #alarms: (() => void)[] = [];

  nowMs(): number {
    return systemClock.nowMs();
  }

  monotonicMs(): number {
    return systemClock.monotonicMs();
  }

  after(delayMs: number, run: () => void): () => void {
    if (delayMs < pauseMsMax) return systemClock.after(delayMs, run);
    this.#alarms.push(run);
    return () => void this.#alarms.splice(this.#alarms.indexOf(run), 1);
  }

  ring(): void {
    for (const run of this.#alarms.splice(0)) run();
  }
}

async function open(folder: string): Promise<{ store: Store; clock: ManualClock }> {
  const clock = new ManualClock();
  return { clock, store: await openStore(folder, ['t'], { clock, telemetry: silentTelemetry }) };
}

const put = (store: Store, key: string, value: Value | undefined): Promise<void> =>
  store.commit([{ table: 't', key, value }]);
const all = (store: Store): (readonly [string, Value])[] => [...store.range('t')];

/** The files as they are now, which is what a killed process leaves. */
function leftBy(folder: string, copy: string): string {
  cpSync(folder, copy, { recursive: true });
  return copy;
}

/** Beyond the first plane of Unicode the order of bytes is not the order of JavaScript. */
const key = fc.constantFrom('a', 'ab', 'b', 'é', '\uffff', '\u{10000}', '\u{10fff0}', 'p/1', 'p/2', 'p/3');
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ key, value: fc.integer() }) },
  { weight: 2, arbitrary: fc.record({ key, value: fc.constant(undefined) }) },
  { weight: 1, arbitrary: fc.constant('take over' as const) },
);

test('readers see one table, whatever of it is only in the write-ahead file', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), async (steps) => {
      using folder = temporaryFolder();
      const { store, clock } = await open(folder.path);
      const model = new Map<string, number>();
      for (const one of steps) {
        if (one === 'take over') clock.ring();
        else {
          await put(store, one.key, one.value);
          if (one.value === undefined) model.delete(one.key);
          else model.set(one.key, one.value);
        }
        const expected = [...model].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
        expect(all(store)).toEqual(expected);
        expect([...store.range('t', { reverse: true, limit: 3 })]).toEqual(expected.toReversed().slice(0, 3));
        expect([...store.range('t', { prefix: 'p/' })]).toEqual(
          expected.filter(([found]) => found.startsWith('p/')),
        );
        const fromB = expected.filter(([found]) => Buffer.compare(Buffer.from(found), Buffer.from('b')) >= 0);
        expect([...store.range('t', { from: 'b', limit: 2 })]).toEqual(fromB.slice(0, 2));
        expect(store.count('t')).toBe(model.size);
      }
      await store.close();
      const again = await open(folder.path);
      expect(new Map(all(again.store))).toEqual(model);
      await again.store.close();
    }),
    { numRuns: 25 },
  );
});

describe('what a killed process leaves', () => {
  test('is all that was committed, at whatever moment of a takeover it was killed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 15 }), async (steps) => {
        using folder = temporaryFolder();
        const live = join(folder.path, 'live');
        const { store, clock } = await open(live);
        const model = new Map<string, number>();
        for (const [n, one] of steps.entries()) {
          if (one === 'take over') clock.ring();
          else {
            await put(store, one.key, one.value);
            if (one.value === undefined) model.delete(one.key);
            else model.set(one.key, one.value);
          }
          const again = await open(leftBy(live, join(folder.path, String(n))));
          expect(new Map(all(again.store))).toEqual(model);
          await put(again.store, 'later', n);
          const twice = await open(leftBy(join(folder.path, String(n)), join(folder.path, `${n}-again`)));
          expect(new Map(all(twice.store))).toEqual(new Map([...model, ['later', n]]));
          await again.store.close();
          await twice.store.close();
        }
        await store.close();
      }),
      { numRuns: 12 },
    );
  });

  test('is found again: what LMDB has, and what only the write-ahead file has', async () => {
    using folder = temporaryFolder();
    const live = join(folder.path, 'live');
    const { store, clock } = await open(live);
    await put(store, 'a', 1);
    await put(store, 'b', 1);
    clock.ring();
    // The next transaction begins the next generation of frames, while LMDB takes over this one.
    await put(store, 'a', 2);
    await put(store, 'c', 3);
    const first = leftBy(live, join(folder.path, 'first'));
    const expected = [
      ['a', 2],
      ['b', 1],
      ['c', 3],
    ];
    const again = await open(first);
    expect(all(again.store)).toEqual(expected);
    // Goes on behind the frames that it found.
    await put(again.store, 'd', 4);
    const second = await open(leftBy(first, join(folder.path, 'second')));
    expect(all(second.store)).toEqual([...expected, ['d', 4]]);
    for (const each of [again.store, second.store, store]) await each.close();
  });

  test('loses nothing by a byte that changes in the write-ahead file', async () => {
    using folder = temporaryFolder();
    const live = join(folder.path, 'live');
    const { store } = await open(live);
    for (let n = 0; n < 20; n += 1) await put(store, `k${n}`, n);
    const expected = all(store);
    const bytes = readFileSync(join(live, 'ahead-1.log'));
    const used = bytes.subarray(0, bytes.length / 2).findLastIndex((byte) => byte !== 0);
    for (let trial = 0; trial < 40; trial += 1) {
      const copy = leftBy(live, join(folder.path, `copy${trial}`));
      const at = Math.floor((trial / 40) * used) + (trial % 2 === 0 ? 0 : bytes.length / 2);
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] as number) ^ (1 + trial);
      writeFileSync(join(copy, 'ahead-1.log'), damaged);
      const again = await open(copy);
      expect(all(again.store)).toEqual(expected);
      await again.store.close();
    }
    await store.close();
  });

  test('is read up to a frame that was not written whole', async () => {
    using folder = temporaryFolder();
    const live = join(folder.path, 'live');
    const { store } = await open(live);
    await put(store, 'a', 1);
    await put(store, 'b', 'x'.repeat(1000));
    const bytes = readFileSync(join(live, 'ahead-1.log'));
    const half = bytes.length / 2;
    const used = bytes.subarray(0, half).findLastIndex((byte) => byte !== 0);
    const copy = leftBy(live, join(folder.path, 'copy'));
    for (const start of [0, half]) bytes.fill(0, start + used - 500, start + used + 1);
    writeFileSync(join(copy, 'ahead-1.log'), bytes);
    const again = await open(copy);
    expect(all(again.store)).toEqual([['a', 1]]);
    await again.store.close();
    await store.close();
  });

  test('is refused when the tables are older than the write-ahead file', async () => {
    using folder = temporaryFolder();
    const live = join(folder.path, 'live');
    const first = await open(live);
    const old = leftBy(live, join(folder.path, 'old'));
    await put(first.store, 'a', 1);
    await first.store.close();
    // Each close ends a generation; the third is in the file of the first.
    const second = await open(live);
    await put(second.store, 'b', 2);
    await second.store.close();
    const { store } = await open(live);
    await put(store, 'c', 3);
    cpSync(join(live, 'ahead-1.log'), join(old, 'ahead-1.log'));
    await expect(open(old)).rejects.toMatchObject({ code: 'JOURNAL_DAMAGED' });
    await store.close();
  });
});

test('many and long commits go past the write-ahead file, and all are there', async () => {
  using folder = temporaryFolder();
  const live = join(folder.path, 'live');
  const { store } = await open(live);
  for (let n = 0; n < 300; n += 1) await put(store, `k${String(n).padStart(3, '0')}`, n);
  await put(store, 'long', 'x'.repeat(100_000));
  await put(store, 'k000', -1);
  const expected = all(store);
  expect(expected).toHaveLength(301);
  const again = await open(leftBy(live, join(folder.path, 'copy')));
  expect(all(again.store)).toEqual(expected);
  await again.store.close();
  await store.close();
});

test('keys of several parts keep their order in the write-ahead file', async () => {
  using folder = temporaryFolder();
  const clock = new ManualClock();
  const options = { clock, telemetry: silentTelemetry, keepDecisionsMs: 1e12 };
  const store = await openReactorStore(folder.path, options);
  const ids = ['log-9.0', 'log-10.0', 'log-10.1', 'log-10.10', 'log-10.2', 'lof-11.0'];
  const order = ['lof-11.0', 'log-9.0', 'log-10.0', 'log-10.1', 'log-10.2', 'log-10.10'];
  for (const [n, id] of ids.entries()) {
    if (n === 2) clock.ring();
    const action = { kind: 'event', tag: 't', data: new Map() } as const;
    const reaction = { id, jid: '1', cause: { event: id, rule: 'r' }, depth: 1, action };
    await store.commit({ outbox: [{ reaction, ruleSet: 'h', attempts: 0, notBeforeMs: 0 }] });
  }
  expect(Array.from(store.outbox(), ({ reaction }) => reaction.id)).toEqual(order);
  expect(store.outboxSize()).toBe(ids.length);
  await store.close();
});

test('how a few reactions ended goes with the next transaction, which is made if none comes', async () => {
  using folder = temporaryFolder();
  const clock = new ManualClock();
  const options = { clock, telemetry: silentTelemetry, keepDecisionsMs: 1e12 };
  const store = await openReactorStore(folder.path, options);
  const settled = (reaction: string) => ({
    settled: [
      {
        reaction,
        outcome: { ok: true, repeated: false, jid: '1', detail: null } as const,
        attempts: 1,
        atMs: 0,
      },
    ],
  });
  const state = (): Promise<void> => store.commit({ state: new Map([['k', new Uint8Array(1)]]) });
  const order: string[] = [];
  const first = store.commit(settled('log-1.0')).then(() => order.push('first'));
  await Promise.resolve();
  expect(store.settlement('log-1.0')).toBeUndefined();
  await state();
  expect(store.settlement('log-1.0')).toMatchObject({ attempts: 1 });
  await first;
  const second = store.commit(settled('log-2.0')).then(() => order.push('second'));
  clock.ring();
  await second;
  const third = store.commit(settled('log-3.0')).then(() => order.push('third'));
  await store.close();
  await third;
  expect(order).toEqual(['first', 'second', 'third']);
  const again = await openReactorStore(folder.path, options);
  for (const n of [1, 2, 3]) expect(again.settlement(`log-${n}.0`)).toBeDefined();
  await again.close();
});
