import { statSync } from 'node:fs';
import { createConnection } from 'node:net';
import { expect, test } from 'vitest';
import {
  encodeEvents,
  encodeSaltFrame,
  fireSaltEvents,
  masterSockets,
  memoryLog,
  packData,
  readSaltEvents,
  type SaltReaders,
  saltBody,
  serveSaltSockets,
} from '../../../src/bus/index.ts';
import { BrineError, type EventLog, mapOf, type NewEvents } from '../../../src/core/index.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { clock, recorder, until } from './support.ts';

interface Served extends AsyncDisposable {
  readonly log: EventLog;
  readonly sockets: { readonly pub: string; readonly pull: string };
  /** Refuses as long as it is set. */
  refuse: BrineError | null;
}

async function serve(readers: SaltReaders, eventsMax: number = 200_000): Promise<Served> {
  const folder = temporaryFolder();
  const log = memoryLog({ id: 'test', eventsMax, clock });
  const sockets = masterSockets(folder.path);
  const publish = async (events: NewEvents): Promise<{ firstSeq: number; accepted: number; refused: [] }> => {
    if (served.refuse !== null) throw served.refuse;
    const [firstSeq = 0] = await log.append([events]);
    return { firstSeq, accepted: events.tags.length, refused: [] };
  };
  const sides = await serveSaltSockets({
    sockets,
    readers,
    log,
    publish,
    head: { source: 'local' },
    eventBytesMax: 1 << 20,
    clock,
    telemetry: recorder(),
  });
  const served: Served = {
    log,
    sockets,
    refuse: null,
    [Symbol.asyncDispose]: async () => {
      await sides.close();
      folder[Symbol.dispose]();
    },
  };
  return served;
}

function append(log: EventLog, from: number, count: number): Promise<unknown> {
  const events = Array.from({ length: count }, (_, i) => ({
    tag: `my/${from + i}`,
    data: mapOf({ n: from + i }),
  }));
  return log.append([encodeEvents(events, 0)]);
}

for (const readers of [3006, 3007, 3008, 'plain'] as const) {
  test(`readers of ${readers} see in order what was fired in either framing`, async () => {
    await using served = await serve(readers);
    const seen: string[] = [];
    let connected = false;
    const reader = readSaltEvents({
      path: served.sockets.pub,
      clock,
      frameBytesMax: 1 << 20,
      connected: () => (connected = true),
      events: (events) => seen.push(...events.map(({ tag }) => tag)),
      refused: (reason) => seen.push(`refused: ${reason}`),
      lost: () => undefined,
    });
    await until(() => connected);
    for (const framing of ['plain', 'prefixed'] as const) {
      const firing = fireSaltEvents({ path: served.sockets.pull, clock });
      for (let n = 0; n < 50; n += 1)
        await firing.fire(saltBody(`${framing}/${n}`, packData(mapOf({ n }))), framing);
      await until(() => served.log.nextSeq() % 50 === 1);
      firing.close();
    }
    await until(() => seen.length >= 100);
    reader.close();
    const expected = ['plain', 'prefixed'].flatMap((framing) =>
      Array.from({ length: 50 }, (_, n) => `${framing}/${n}`),
    );
    expect(seen).toEqual(expected);
    expect(reader.framing).toBe(readers === 3006 ? 'prefixed' : 'plain');
    expect(served.log.read(1, 1 << 20)[0]?.heads?.[0]).toEqual({ source: 'local' });
  });
}

test('the sockets are for their owner only', async () => {
  await using served = await serve(3008);
  expect(statSync(served.sockets.pub).mode & 0o777).toBe(0o600);
  expect(statSync(served.sockets.pull).mode & 0o777).toBe(0o600);
});

test('a reader that stops for a while misses nothing, and costs no memory meanwhile', async () => {
  await using served = await serve(3008);
  const socket = createConnection({ path: served.sockets.pub });
  let bytes = 0;
  socket.on('data', (chunk) => {
    bytes += chunk.length;
  });
  await until(() => socket.readyState === 'open');
  await append(served.log, 0, 1);
  await until(() => bytes > 0);
  socket.pause();
  const before = process.memoryUsage().arrayBuffers;
  for (let batch = 0; batch < 100; batch += 1) await append(served.log, 1 + batch * 1000, 1000);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 << 20);
  const frameBytes = (n: number): number =>
    encodeSaltFrame(saltBody(`my/${n}`, served.log.read(n + 1, 1)[0]?.bodies[0] ?? new Uint8Array()), 'plain')
      .length;
  let expected = 0;
  for (let n = 0; n <= 100_000; n += 1) expected += frameBytes(n);
  socket.resume();
  await until(() => bytes === expected);
  socket.destroy();
});

test('what the log refuses waits with its sender, and arrives once when the log takes it again', async () => {
  await using served = await serve(3008);
  served.refuse = new BrineError('OVERLOADED', 'Full.');
  const firing = fireSaltEvents({ path: served.sockets.pull, clock });
  for (let n = 0; n < 10; n += 1) await firing.fire(saltBody(`my/${n}`, packData(mapOf({ n }))), 'plain');
  expect(served.log.nextSeq()).toBe(1);
  served.refuse = null;
  await until(() => served.log.nextSeq() === 11);
  firing.close();
  const tags = served.log.read(1, 1 << 20).flatMap((batch) => batch.tags);
  expect(tags).toEqual(Array.from({ length: 10 }, (_, n) => `my/${n}`));
});

test('bytes that are no events end their connection and nothing else', async () => {
  await using served = await serve(3008);
  const socket = createConnection({ path: served.sockets.pull });
  socket.on('error', () => undefined);
  socket.resume();
  socket.write(Buffer.from('ffffffffffff', 'hex'));
  await until(() => socket.destroyed);
  const firing = fireSaltEvents({ path: served.sockets.pull, clock });
  await firing.fire(saltBody('my/tag', packData(mapOf({}))), 'plain');
  await until(() => served.log.nextSeq() === 2);
  firing.close();
});
