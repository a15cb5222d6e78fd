import { describe, expect, test } from 'vitest';
import {
  type BusMessage,
  type EventBus,
  memoryLog,
  type Subscription,
  unpackData,
} from '../../../src/bus/index.ts';
import { type EventLog, mapOf } from '../../../src/core/index.ts';
import { clock, event } from './support.ts';

export interface BusUnderTest extends AsyncDisposable {
  readonly bus: EventBus;
  readonly log: EventLog;
}

export interface BusLimits {
  readonly eventBytesMax: number;
  readonly queueEventsMax: number;
}

/** What every bus must do, whatever carries it. `make` gives a fresh bus over the given log. */
export function describeBus(
  name: string,
  make: (log: EventLog, limits: BusLimits) => Promise<BusUnderTest>,
): void {
  const limits = { eventBytesMax: 1000, queueEventsMax: 100 };
  const open = (log: EventLog): Promise<BusUnderTest> => make(log, limits);

  describe(`${name}: publish`, () => {
    test('numbers events on and stamps them', async () => {
      await using it = await open(logOf());
      expect(await it.bus.publish([event('a'), event('b')])).toEqual({
        firstSeq: 1,
        accepted: 2,
        refused: [],
      });
      expect(await it.bus.publish([event('c')])).toMatchObject({ firstSeq: 3, accepted: 1 });
      const [batch] = it.log.read(1, 1000);
      expect(unpackData(batch?.bodies[0] as Uint8Array).get('_stamp')).toMatch(/^\d{4}-\d\d-\d\dT.*\+00:00$/);
    });

    test('refuses each bad event by its index and takes the others', async () => {
      await using it = await open(logOf());
      const tags = ['good', '', 'a\nb', 'a\0b', 'x'.repeat(4097), 'large', 'fine'];
      const ack = await it.bus.publish(
        tags.map((tag) => ({ tag, data: mapOf({ text: tag === 'large' ? 'x'.repeat(2000) : '' }) })),
      );
      expect(ack.accepted).toBe(2);
      expect(ack.refused.map(({ index, code }) => [index, code])).toEqual([
        [1, 'BAD_EVENT'],
        [2, 'BAD_EVENT'],
        [3, 'BAD_EVENT'],
        [4, 'BAD_EVENT'],
        [5, 'EVENT_TOO_LARGE'],
      ]);
      expect(it.log.read(1, 10_000).flatMap(({ tags: kept }) => kept)).toEqual(['good', 'fine']);
    });

    test('refuses data that is not one whole map', async () => {
      await using it = await open(logOf());
      const bodies = ['80', '90', '81', '8000', '', 'c1'].map(
        (hex) => new Uint8Array(Buffer.from(hex, 'hex')),
      );
      const ack = await it.bus.publishEncoded({ tags: bodies.map(() => 't'), bodies, heads: null });
      expect(ack.accepted).toBe(1);
      expect(ack.refused.map(({ index }) => index)).toEqual([1, 2, 3, 4, 5]);
    });

    test('takes any text that has a UTF-8 form, and marks what has none', async () => {
      await using it = await open(logOf());
      const ack = await it.bus.publish([
        event('ключ/鍵/🔑'),
        event('half/\ud83d'),
        { tag: 't', data: mapOf({ x: '\udd11' }) },
      ]);
      expect(ack).toMatchObject({ accepted: 3, refused: [] });
      const [batch] = it.log.read(1, 1000);
      expect(batch?.tags).toEqual(['ключ/鍵/🔑', 'half/\ufffd', 't']);
      expect(unpackData(batch?.bodies[2] as Uint8Array).get('x')).toBe('\ufffd');
    });

    test('takes an empty list', async () => {
      await using it = await open(logOf());
      expect(await it.bus.publish([])).toEqual({ firstSeq: 1, accepted: 0, refused: [] });
    });

    test('is acknowledged only once the log has it, and keeps nobody else from the log meanwhile', async () => {
      const log = slowLog();
      await using it = await open(log);
      const settled: number[] = [];
      const publish = async (n: number): Promise<void> => {
        const { firstSeq } = await it.bus.publish([event('t', n)]);
        settled.push(firstSeq);
      };
      const first = publish(1);
      await log.appended(1);
      const publishes = [first, ...[2, 3, 4].map(publish)];
      await log.appended(4);
      await it.bus.info();
      expect(settled).toEqual([]);
      log.release();
      await first;
      expect(settled).toEqual([1]);
      for (let n = 0; n < 3; n += 1) log.release();
      await Promise.all(publishes);
      expect(settled).toEqual([1, 2, 3, 4]);
    });

    test('is refused with OVERLOADED when too much waits, and nothing acknowledged is lost', async () => {
      const log = slowLog();
      await using it = await open(log);
      const publish = (): Promise<number | string> =>
        it.bus
          .publish(Array.from({ length: 20 }, () => event('t')))
          .then(({ accepted }) => accepted)
          .catch((error: { code: string }) => error.code);
      const first = publish();
      await log.appended(1);
      const publishes = [first, ...Array.from({ length: 8 }, publish)];
      await log.appended(5);
      await it.bus.info();
      for (let n = 0; n < 5; n += 1) log.release();
      const results = await Promise.all(publishes);
      expect(results.filter((result) => result === 'OVERLOADED').length).toBe(4);
      expect(results.filter((result) => result === 20).length).toBe(5);
      expect(log.nextSeq()).toBe(101);
    });

    test('fails when the log does, and the next one goes on', async () => {
      const inner = logOf();
      let broken = true;
      const log: EventLog = wrap(inner, {
        append: (groups) => (broken ? Promise.reject(new Error('no space left')) : inner.append(groups)),
      });
      await using it = await open(log);
      await expect(it.bus.publish([event('t')])).rejects.toThrow('no space left');
      broken = false;
      expect(await it.bus.publish([event('t')])).toMatchObject({ firstSeq: 1 });
    });
  });

  describe(`${name}: subscribe`, () => {
    test('from now on sees later events only', async () => {
      await using it = await open(logOf());
      await it.bus.publish([event('old')]);
      const sub = it.bus.subscribe({ from: 'now', prefixes: [], name: 'reader' });
      expect(await sub.ready).toEqual({ logId: 'testlog1', nextSeq: 2 });
      await it.bus.publish([event('new')]);
      expect(await tagsOf(sub, 1)).toEqual([[2, 'new']]);
    });

    test('from a number sees everything from there, in order, once', async () => {
      await using it = await open(logOf());
      for (let n = 1; n <= 50; n += 1) await it.bus.publish([event(`e${n}`), event(`f${n}`)]);
      const sub = it.bus.subscribe({ from: 10, prefixes: [], name: 'reader' });
      const first = await tagsOf(sub, 60);
      expect(first.map(([seq]) => seq)).toEqual(Array.from({ length: 60 }, (_, i) => i + 10));
      expect(first[0]).toEqual([10, 'f5']);
    });

    test('filters by prefix and keeps the numbers', async () => {
      await using it = await open(logOf());
      const sub = it.bus.subscribe({ from: 1, prefixes: ['a/', 'b'], name: 'reader' });
      await it.bus.publish([event('x'), event('a/1'), event('ab'), event('b'), event('a/2')]);
      await it.bus.publish([event('x'), event('y')]);
      await it.bus.publish([event('b/3')]);
      expect(await tagsOf(sub, 4)).toEqual([
        [2, 'a/1'],
        [4, 'b'],
        [5, 'a/2'],
        [8, 'b/3'],
      ]);
    });

    test('tells of events that were trimmed', async () => {
      await using it = await open(logOf(10));
      for (let n = 0; n < 30; n += 1) await it.bus.publish([event('t', n)]);
      const sub = it.bus.subscribe({ from: 5, prefixes: [], name: 'reader' });
      const messages: BusMessage[] = [];
      for await (const message of sub) {
        messages.push(message);
        if (messages.length === 2) break;
      }
      const oldest = it.log.oldestSeq();
      expect(oldest).toBeGreaterThan(15);
      expect(messages[0]).toMatchObject({ kind: 'gap', fromSeq: 5, toSeq: oldest - 1 });
      expect(messages[1]).toMatchObject({ kind: 'events', batch: { firstSeq: oldest } });
    });

    test('of several readers gives each of them everything', async () => {
      await using it = await open(logOf());
      const subs = [1, 2, 3].map((n) => it.bus.subscribe({ from: 'now', prefixes: [], name: `r${n}` }));
      await Promise.all(subs.map((sub) => sub.ready));
      await it.bus.publish([event('a'), event('b')]);
      for (const sub of subs) expect((await tagsOf(sub, 2)).map(([, tag]) => tag)).toEqual(['a', 'b']);
    });

    test('goes on past many more messages than a reader may hold', async () => {
      await using it = await open(logOf());
      const sub = it.bus.subscribe({ from: 1, prefixes: [], name: 'reader' });
      const reading = tagsOf(sub, 500);
      for (let n = 0; n < 500; n += 1) await it.bus.publish([event('t', n)]);
      expect((await reading).map(([seq]) => seq)).toEqual(Array.from({ length: 500 }, (_, i) => i + 1));
    });

    test('ends when it is closed, and when the bus is', async () => {
      await using it = await open(logOf());
      const sub = it.bus.subscribe({ from: 'now', prefixes: [], name: 'reader' });
      await sub.ready;
      const iterator = sub[Symbol.asyncIterator]();
      const waiting = iterator.next();
      sub.close();
      expect((await waiting).done).toBe(true);
      const other = it.bus.subscribe({ from: 'now', prefixes: [], name: 'reader' });
      const rest = tagsOf(other, 1);
      await it.bus.close();
      expect(await rest).toEqual([]);
    });
  });

  test(`${name}: info says where the log is`, async () => {
    await using it = await open(logOf());
    await it.bus.publish([event('a'), event('b')]);
    expect(await it.bus.info()).toEqual({ logId: 'testlog1', nextSeq: 3, oldestSeq: 1 });
  });
}

function logOf(eventsMax = 100_000): EventLog {
  return memoryLog({ id: 'testlog1', eventsMax, clock });
}

function wrap(inner: EventLog, over: Partial<EventLog>): EventLog {
  return {
    id: inner.id,
    append: (groups) => inner.append(groups),
    read: (from, bytes) => inner.read(from, bytes),
    nextSeq: () => inner.nextSeq(),
    oldestSeq: () => inner.oldestSeq(),
    seqAt: (atMs) => inner.seqAt(atMs),
    onAppend: (listener) => inner.onAppend(listener),
    ...over,
  };
}

/** A log whose commits end only when the test says so. */
function slowLog(): EventLog & {
  groups: number[][];
  release(): void;
  appended(count: number): Promise<void>;
} {
  const inner = logOf();
  const groups: number[][] = [];
  const releases: (() => void)[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  const append: EventLog['append'] = async (taken) => {
    groups.push(taken.map(({ tags }) => tags.length));
    for (const { count, resolve } of waiting) if (groups.length >= count) resolve();
    await new Promise<void>((resolve) => releases.push(resolve));
    return inner.append(taken);
  };
  return Object.assign(wrap(inner, { append }), {
    groups,
    release: () => releases.shift()?.(),
    appended: (count: number) =>
      groups.length >= count
        ? Promise.resolve()
        : new Promise<void>((resolve) => waiting.push({ count, resolve })),
  });
}

/** Takes events until there are `count` of them, as [number, tag]. */
async function tagsOf(sub: Subscription, count: number): Promise<[number, string][]> {
  const found: [number, string][] = [];
  for await (const message of sub) {
    if (message.kind === 'gap') continue;
    const { batch, seqs } = message;
    for (const [index, tag] of batch.tags.entries())
      found.push([seqs?.[index] ?? batch.firstSeq + index, tag]);
    if (found.length >= count) break;
  }
  return found.slice(0, count);
}
