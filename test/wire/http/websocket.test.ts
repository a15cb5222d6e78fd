import { describe, expect, it } from 'vitest';
import { connectMaster } from '../../../src/client/index.ts';
import { mapOf } from '../../../src/core/index.ts';
import { systemClock } from '../../../src/system/index.ts';
import { World } from './support.ts';
import { WebsocketClient } from './websocket-client.ts';

describe('the websocket', () => {
  it('sends salt-api’s frames after the first message, narrowed and resumed when asked', async () => {
    await using world = await World.open({}, { minion: false });
    const token = await world.login();
    await using master = await connectMaster({ sockDir: world.settings.sockDir, clock: systemClock });
    const { nextSeq } = await master.bus.info();
    const clients = [
      new WebsocketClient(world.port, '/ws?tag=a/', { 'x-auth-token': token }),
      new WebsocketClient(world.port, `/ws/${token}?tag=a/`),
      new WebsocketClient(world.port, '/ws?tag=a/', {
        cookie: `session_id=${token}`,
        'last-event-id': String(nextSeq - 1),
      }),
    ];
    for (const client of clients) await client.open;
    await master.bus.publish(
      [1, 2, 3].flatMap((n) => [
        { tag: `a/${n}`, data: mapOf({ n }) },
        { tag: 'b', data: new Map() },
      ]),
    );
    for (const { texts } of clients) expect(texts).toEqual([]);
    for (const client of clients) client.send('websocket client ready');
    const frame = (n: number): unknown =>
      expect.stringMatching(
        new RegExp(`^data: \\{"data": \\{"n": ${n}, "_stamp": "[^"]+"\\}, "tag": "a/${n}"\\}\\n\\n$`),
      );
    for (const client of clients.slice(0, 2))
      await expect.poll(() => client.texts, { timeout: 10_000 }).toEqual([frame(1), frame(2), frame(3)]);
    await expect.poll(() => clients[2]?.texts.length, { timeout: 10_000 }).toBe(3);
    expect(clients[2]?.texts.map((text) => Number(/^id: (\d+)\ndata: /.exec(text)?.[1]))).toEqual(
      [0, 2, 4].map((n) => nextSeq + n),
    );
    for (const client of clients) client.close();
  });

  it('cuts off a client that takes nothing, which resumes; the others do not notice', async () => {
    await using world = await World.open({ stall_timeout: 1, heartbeat: 60 }, { minion: false });
    const token = await world.login();
    await using master = await connectMaster({ sockDir: world.settings.sockDir, clock: systemClock });
    const { nextSeq } = await master.bus.info();
    const open = async (lastId: number): Promise<WebsocketClient> => {
      const headers = { 'x-auth-token': token, 'last-event-id': String(lastId) };
      const client = new WebsocketClient(world.port, '/ws?tag=big', headers);
      await client.open;
      client.send('websocket client ready');
      return client;
    };
    const idsOf = ({ texts }: WebsocketClient): number[] =>
      texts.map((text) => Number(/^id: (\d+)\n/.exec(text)?.[1]));
    const slow = await open(nextSeq - 1);
    const fast = await open(nextSeq - 1);
    slow.pause();
    const body = 'x'.repeat(20_000);
    const total = 1000;
    for (let n = 0; n < total; n += 20)
      await master.bus.publish(
        Array.from({ length: 20 }, (_, i) => ({ tag: 'big', data: mapOf({ n: n + i, body }) })),
      );
    await expect.poll(() => fast.texts.length, { timeout: 20_000 }).toBe(total);
    await expect
      .poll(() => world.traces.filter(({ kind }) => kind === 'api.reader.cut').length, { timeout: 20_000 })
      .toBe(1);
    slow.resume();
    expect(await slow.closed).toMatch(
      /^1008 Cut off: It took nothing for 1 s .* Resume with Last-Event-ID\./,
    );
    const first = idsOf(slow);
    expect(first.length).toBeLessThan(total);
    const again = await open(first.at(-1) ?? nextSeq - 1);
    await expect.poll(() => again.texts.length, { timeout: 20_000 }).toBe(total - first.length);
    expect([...first, ...idsOf(again)]).toEqual(Array.from({ length: total }, (_, i) => nextSeq + i));
    for (const client of [fast, again]) client.close();
  }, 60_000);

  it('is refused before it opens', async () => {
    await using world = await World.open({}, { minion: false });
    const token = await world.login();
    const open = (path: string, headers: Record<string, string> = {}): Promise<void> =>
      new WebsocketClient(world.port, path, headers).open;
    await expect(open('/ws')).rejects.toThrow('401');
    await expect(open('/ws/abcdef0123')).rejects.toThrow('401');
    await expect(open('/ws?x=1', { 'x-auth-token': token })).rejects.toThrow('400');
    await expect(open('/ws', { 'x-auth-token': token, 'last-event-id': '-1' })).rejects.toThrow('400');
    expect((await world.ask('/ws', { token })).status).toBe(400);
  });
});
