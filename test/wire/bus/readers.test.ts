import { describe, expect, test } from 'vitest';
import { Dealer } from 'zeromq';
import {
  type BusMessage,
  bindLink,
  connectBus,
  connectLink,
  memoryLog,
  packValue,
  serveEvents,
  unpackValue,
} from '../../../src/bus/index.ts';
import { mapOf, textAt, type ValueMap } from '../../../src/core/index.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { type FakeClock, fakeClock } from '../../unit/bus/fake-clock.ts';
import { clock, event, recorder, serve, until } from './support.ts';

const code = (value: string): unknown => expect.objectContaining({ code: value });
const limits = { eventBytesMax: 1 << 20, queueEventsMax: 100_000 };

describe('a reader that stops reading', () => {
  test('costs nobody anything, and is cut off with a reason when its time is up', async () => {
    const turned = fakeClock();
    await using it = await serve({ clock: turned });
    const { bus } = it.connect();
    const stuck = bus.subscribe({ from: 'now', prefixes: [], name: 'stuck' });
    await stuck.ready;
    const seen = seqsOf(bus.subscribe({ from: 'now', prefixes: [], name: 'busy' }), 100);
    for (let n = 0; n < 100; n += 1) await bus.publish([event('t', n)]);
    expect(await seen).toHaveLength(100);
    expect(it.server.status().readers.find(({ name }) => name === 'stuck')?.lag).toBe(84);

    const startMs = turned.monotonicMs();
    const isCut = (): boolean => it.telemetry.events.some(({ kind }) => kind === 'bus.reader.cut');
    while (!isCut()) await sweep(turned);
    expect(turned.monotonicMs() - startMs).toBeGreaterThanOrEqual(30_000);
    expect(turned.monotonicMs() - startMs).toBeLessThan(40_000);
    expect(it.server.status().readers.some(({ name }) => name === 'stuck')).toBe(false);
    await expect(seqsOf(stuck, 1000)).rejects.toMatchObject({
      code: 'BUS_CUT_OFF',
      message: expect.stringContaining('asked for no events') as string,
    });
    expect(await bus.publish([event('t')])).toMatchObject({ accepted: 1 });
  });

  test('whose filter lets nothing through is not slow', async () => {
    const turned = fakeClock();
    await using it = await serve({ clock: turned });
    const { bus, link } = it.connect();
    const request = { reader: 'r', name: 'quiet', from: 1, log: '', prefixes: ['never/'], credit: 0 };
    await link.request('subscribe', packValue(mapOf(request)), 5000);
    await bus.publish([event('t'), event('u')]);
    for (let n = 0; n < 10; n += 1) await sweep(turned);
    expect(it.server.status().readers).toMatchObject([{ name: 'quiet', lag: 0 }]);
  });

  test('is told why when it asks again, though the word never reached it', async () => {
    const turned = fakeClock();
    await using it = await serve({ clock: turned });
    const { bus, link } = it.connect();
    const request = { reader: 'r', name: 'deaf', from: 1, log: '', prefixes: [], credit: 0 };
    await link.request('subscribe', packValue(mapOf(request)), 5000);
    await bus.publish([event('t')]);
    while (it.server.status().readers.length > 0) await sweep(turned);
    const credit = packValue(mapOf({ reader: 'r', credit: 5 }));
    await expect(link.request('credit', credit, 5000)).rejects.toThrow(code('BUS_CUT_OFF'));
  });

  test('and holds the whole connection up is dropped, and others are served on', async () => {
    await using it = await serve();
    const stuck = new Dealer({ linger: 0, receiveHighWaterMark: 1 });
    stuck.connect(it.endpoint);
    const request = { reader: 'r', name: 'stuck', from: 1, log: '', prefixes: [], credit: 1_000_000 };
    await stuck.send([packValue([0, 1, 'subscribe']) as Buffer, packValue(mapOf(request)) as Buffer]);
    const { bus } = it.connect();
    const text = 'x'.repeat(50_000);
    await until(() => it.server.status().readers.length === 1);
    let published = 0;
    while (it.server.status().readers.length === 1 && published < 3000) {
      await bus.publish([{ tag: 't', data: mapOf({ text }) }]);
      published += 1;
    }
    expect(it.server.status().readers).toEqual([]);
    expect(published).toBeLessThan(3000);
    stuck.close();
  });
});

describe('a reader that goes away', () => {
  test('without a word is forgotten', async () => {
    await using it = await serve({ stallMs: 40 });
    const { bus, link } = it.connect();
    const sub = bus.subscribe({ from: 'now', prefixes: ['never/'], name: 'short' });
    await sub.ready;
    expect(it.server.status().readers).toHaveLength(1);
    await link.close();
    await until(() => it.server.status().readers.length === 0);
    await bus.close();
  });

  test('and says so is forgotten at once', async () => {
    await using it = await serve();
    const { bus } = it.connect();
    const sub = bus.subscribe({ from: 'now', prefixes: [], name: 'polite' });
    await sub.ready;
    sub.close();
    await until(() => it.server.status().readers.length === 0);
  });
});

describe('a restart of the bus', () => {
  test('with the same log: the reader goes on where it was and misses nothing', async () => {
    const folder = temporaryFolder();
    const endpoint = `ipc://${folder.path}/b.ipc`;
    const log = memoryLog({ id: 'testlog1', eventsMax: 1000, clock });
    const start = async () => {
      const telemetry = recorder();
      const link = await bindLink({ endpoints: [endpoint], bytesMax: 1 << 20, telemetry, clock });
      const server = serveEvents(link, log, { clock, telemetry, ...limits });
      link.accept();
      return { link, stop: () => (server.close(), link.close()) };
    };
    let bus = await start();
    const link = connectLink({ endpoint, clock });
    const client = connectBus(link, { clock });
    const sub = client.subscribe({ from: 'now', prefixes: [], name: 'reader' });
    await sub.ready;
    const seen = seqsOf(sub, 6);
    await client.publish([event('a'), event('b')]);
    await bus.stop();
    await log.append([
      { tags: ['c', 'd'], bodies: [new Uint8Array([0x80]), new Uint8Array([0x80])], heads: null },
    ]);
    bus = await start();
    await client.publish([event('e'), event('f')]);
    expect(await seen).toEqual([1, 2, 3, 4, 5, 6]);
    await client.close();
    await link.close();
    await bus.stop();
    folder[Symbol.dispose]();
  });

  test('with another log: the reader is told, and begins at its beginning', async () => {
    const folder = temporaryFolder();
    const endpoint = `ipc://${folder.path}/b.ipc`;
    const start = async (id: string) => {
      const telemetry = recorder();
      const log = memoryLog({ id, eventsMax: 1000, clock });
      const link = await bindLink({ endpoints: [endpoint], bytesMax: 1 << 20, telemetry, clock });
      const server = serveEvents(link, log, { clock, telemetry, ...limits });
      link.accept();
      return { server, stop: () => (server.close(), link.close()) };
    };
    let bus = await start('aaaaaaaa');
    const link = connectLink({ endpoint, clock });
    const client = connectBus(link, { clock });
    const sub = client.subscribe({ from: 1, prefixes: [], name: 'reader' });
    await client.publish([event('a'), event('b'), event('c')]);
    const messages: BusMessage[] = [];
    const iterator = sub[Symbol.asyncIterator]();
    messages.push((await iterator.next()).value as BusMessage);
    await bus.stop();
    bus = await start('bbbbbbbb');
    await bus.server.append([event('new')]);
    for (let n = 0; n < 2; n += 1) messages.push((await iterator.next()).value as BusMessage);
    expect(messages[1]).toMatchObject({ kind: 'gap', fromSeq: 4, reason: 'the bus has a new log' });
    expect(messages[2]).toMatchObject({ kind: 'events', batch: { firstSeq: 1, tags: ['new'] } });
    await client.close();
    await link.close();
    await bus.stop();
    folder[Symbol.dispose]();
  });
});

describe('heads', () => {
  const head = { cause: { event: 'x-1', rule: 'r' }, depth: 3, source: 'forged' };

  test('come from who the sender is, not from what it says', async () => {
    await using it = await serve({ headFor: () => ({ source: 'local' }) });
    const { bus } = it.connect();
    await bus.publish([{ ...event('t'), head }, event('u')]);
    expect(it.log.read(1, 1000)[0]?.heads).toEqual([{ source: 'local' }, { source: 'local' }]);
  });

  test("are the owner's own for the owner's events", async () => {
    await using it = await serve();
    const { bus } = it.connect();
    const sub = bus.subscribe({ from: 1, prefixes: [], name: 'r' });
    await it.server.append([{ ...event('t'), head }]);
    for await (const message of sub) {
      expect(message).toMatchObject({ kind: 'events', batch: { heads: [head] } });
      break;
    }
  });

  test('are taken as given only where the bus was told to trust them', async () => {
    await using trusting = await serve({ trustHeads: true });
    await trusting.connect().bus.publish([{ ...event('t'), head }]);
    expect(trusting.log.read(1, 1000)[0]?.heads).toEqual([head]);
    await using plain = await serve();
    await plain.connect().bus.publish([{ ...event('t'), head }]);
    expect(plain.log.read(1, 1000)[0]?.heads).toBeNull();
  });
});

describe('rude event messages', () => {
  test.each([
    ['publish', new Map()],
    ['publish', [1, ['t'], [], null]],
    ['subscribe', []],
    ['subscribe', mapOf({ reader: 'r', credit: -1 })],
    ['credit', mapOf({ reader: 'r', credit: 'many' })],
    ['unsubscribe', mapOf({ reader: 'r', credit: 1.5 })],
  ] as [string, ValueMap][])('%s of %j is BAD_MESSAGE', async (verb, payload) => {
    await using it = await serve();
    const { link, bus } = it.connect();
    await expect(link.request(verb, packValue(payload), 5000)).rejects.toThrow(code('BAD_MESSAGE'));
    expect(await bus.publish([event('t')])).toMatchObject({ accepted: 1 });
  });

  test('credit for a reader that is not there says so', async () => {
    await using it = await serve();
    const { link } = it.connect();
    const payload = packValue(mapOf({ reader: 'none', credit: 1 }));
    await expect(link.request('credit', payload, 5000)).rejects.toThrow(code('NO_SUCH_RECORD'));
  });

  test('a connection has a bounded number of readers', async () => {
    await using it = await serve();
    const { link } = it.connect();
    const subscribe = (n: number): Promise<Uint8Array> =>
      link.request(
        'subscribe',
        packValue(mapOf({ reader: String(n), name: '', from: null, credit: 0 })),
        5000,
      );
    for (let n = 0; n < 64; n += 1) await subscribe(n);
    await expect(subscribe(64)).rejects.toThrow(code('OVERLOADED'));
    const info = unpackValue(await link.request('info', packValue(new Map()), 5000));
    expect(textAt(info as ValueMap, 'log')).toBe('testlog1');
  });
});

/** Lets the server look after its readers once; it has ended when the next look is planned, or none is needed. */
async function sweep(turned: FakeClock): Promise<void> {
  turned.turn(7500);
  for (let turns = 0; turned.waiting === 0 && turns < 20; turns += 1)
    await new Promise((resolve) => setImmediate(resolve));
}

async function seqsOf(sub: AsyncIterable<BusMessage>, count: number): Promise<number[]> {
  const seqs: number[] = [];
  for await (const message of sub) {
    if (message.kind === 'gap') continue;
    for (const index of message.batch.tags.keys())
      seqs.push(message.seqs?.[index] ?? message.batch.firstSeq + index);
    if (seqs.length >= count) break;
  }
  return seqs;
}
