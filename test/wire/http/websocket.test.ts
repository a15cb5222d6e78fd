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
