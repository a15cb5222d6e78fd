import { afterEach, describe, expect, it } from 'vitest';
import { connectMaster, type MasterClient } from '../../../src/client/index.ts';
import { mapOf } from '../../../src/core/index.ts';
import { systemClock } from '../../../src/system/index.ts';
import { EventReader } from './event-reader.ts';
import { World } from './support.ts';

const tick = (n: number): { tag: string; data: ReturnType<typeof mapOf> } => ({
  tag: n % 2 === 0 ? `even/${n}` : `odd/${n}`,
  data: mapOf({ n }),
});

describe('the stream of events', () => {
  let readers: EventReader[] = [];
  const reader = (
    world: World,
    token: string,
    more: { query?: string; lastEventId?: number } = {},
  ): EventReader => {
    const made = new EventReader({ port: world.port, token, ...more });
    readers.push(made);
    return made;
  };
  afterEach(() => {
    for (const one of readers) one.kill();
    readers = [];
  });
  const bus = (world: World): Promise<MasterClient> =>
    connectMaster({ sockDir: world.settings.sockDir, clock: systemClock });
  const fire = async (master: MasterClient, from: number, to: number): Promise<void> => {
    const events = Array.from({ length: to - from }, (_, i) => tick(from + i));
    await master.bus.publish(events);
  };

  it('begins as salt-api’s does and narrows by prefixes and globs', async () => {
    await using world = await World.open({}, { minion: false });
    const token = await world.login();
    const all = reader(world, token);
    const even = reader(world, token, { query: '?tag=even/' });
    const some = reader(world, token, { query: '?tag=*/3&tag=even/2*' });
    expect((await all.open).headers).toMatchObject({
      'content-type': 'text/event-stream;charset=utf-8',
      'cache-control': 'no-cache',
    });
    await Promise.all([even.open, some.open]);
    await using master = await bus(world);
    await fire(master, 0, 30);
    const ns = (events: EventReader['events']): unknown[] => events.map(({ data }) => data['n']);
    await all.until((events) => events.length >= 30);
    expect(ns(all.events)).toEqual(Array.from({ length: 30 }, (_, i) => i));
    expect(all.events.map(({ id }) => id - (all.events[0]?.id ?? 0))).toEqual(ns(all.events));
    await even.until((events) => events.length >= 15);
    expect(even.events.every(({ tag }) => tag.startsWith('even/'))).toBe(true);
    await some.until((events) => events.length >= 7);
    expect(ns(some.events)).toEqual([2, 3, 20, 22, 24, 26, 28]);
  });

  it('refuses what is wrong before it begins', async () => {
    await using world = await World.open({}, { minion: false });
    const token = await world.login();
    const get = (path: string, headers: Record<string, string> = {}): ReturnType<World['ask']> =>
      world.ask(path, { headers });
    expect((await get('/events')).status).toBe(401);
    expect((await get('/events', { 'x-auth-token': 'xyz' })).status).toBe(401);
    const inQuery = await get(`/events?token=${token}`);
    expect(inQuery.status).toBe(400);
    expect(inQuery.text).toContain('The /events endpoint takes no query parameters');
    expect((await get('/events?from=1', { 'x-auth-token': token })).status).toBe(400);
    expect((await get('/events?tag=', { 'x-auth-token': token })).status).toBe(400);
    expect((await get('/events', { 'x-auth-token': token, 'last-event-id': 'x' })).status).toBe(400);
    expect((await world.ask('/events', { token, method: 'HEAD' })).status).toBe(200);
  });

  it('takes a token in the query only when told to, and says so', async () => {
    await using world = await World.open({ token_in_query: true }, { minion: false });
    expect(world.traces).toContainEqual(
      expect.objectContaining({ kind: 'insecure', setting: 'api.token_in_query' }),
    );
    const token = await world.login();
    const seen = new EventReader({ port: world.port, token: 'none', query: `?token=${token}` });
    readers.push(seen);
    await expect(seen.open).rejects.toThrow('401');
    const own = await fetch(`${world.url}/events?salt_token=${token}`);
    expect(own.status).toBe(200);
    await own.body?.cancel();
  });

  it('shows each event once to a reader that is killed while server and master restart', async () => {
    await using world = await World.open({}, { minion: false });
    const token = await world.login();
    const { port } = world;
    const total = 3000;
    let master = await bus(world);
    const seen: number[] = [];
    let last: number | undefined;
    let current = reader(world, token);
    await current.open;
    const next = async (): Promise<void> => {
      for (;;) {
        current = new EventReader({ port, token, lastEventId: last });
        readers.push(current);
        if (
          await current.open.then(
            () => true,
            () => false,
          )
        )
          return;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    const collect = (): void => {
      for (const { id, data } of current.events.splice(0)) {
        if (data['n'] !== undefined) seen.push(data['n'] as number);
        last = id;
      }
    };
    for (let n = 0; n < total; n += 100) {
      await fire(master, n, n + 100);
      const round = n / 100;
      if (round % 3 === 0) {
        // Killed in the middle of whatever it was reading.
        await current.until((events) => events.length > 20);
        current.kill();
        collect();
        await next();
      }
      if (round % 8 === 7) {
        await world.stopApi();
        collect();
        if (round % 16 === 15) {
          await master.close();
          await world.stopMaster();
          await world.startMaster();
          master = await bus(world);
        }
        await world.startApi(port);
        await next();
      }
    }
    while (seen.length < total) {
      const missing = total - seen.length;
      await current.until((events) => events.filter(({ data }) => data['n'] !== undefined).length >= missing);
      collect();
    }
    expect(seen).toEqual(Array.from({ length: total }, (_, i) => i));
    await master.close();
  });

  it('reads old events from the log for whoever was away for long', async () => {
    await using world = await World.open({}, { minion: false });
    const token = await world.login();
    await using master = await bus(world);
    const before = (await master.bus.info()).nextSeq;
    await fire(master, 0, 500);
    // A new server has none of them in memory.
    await world.stopApi();
    await world.startApi();
    const behind = reader(world, token, { lastEventId: before - 1, query: '?tag=odd' });
    await behind.until((events) => events.length >= 250);
    await fire(master, 500, 510);
    await behind.until((events) => events.length >= 255);
    expect(behind.events.map(({ data }) => data['n'])).toEqual(
      Array.from({ length: 255 }, (_, i) => 2 * i + 1),
    );
  });

  it('keeps quiet streams open and ends those whose login ends', async () => {
    await using world = await World.open({ heartbeat: 0.1 }, { minion: false });
    const token = await world.login();
    const quiet = reader(world, token);
    await expect.poll(() => quiet.comments.length, { timeout: 10_000 }).toBeGreaterThan(0);
    await world.ask('/logout', { token, method: 'POST' });
    await quiet.closed;
    expect(quiet.comments.at(-1)).toContain('The token is no longer valid.');
  });

  it('ends a stream when its token expires in the middle', async () => {
    await using world = await World.open({}, { minion: false });
    const token = await world.token('short', { read: ['*'] }, Date.now() + 1500);
    const short = reader(world, token);
    await short.open;
    await short.closed;
    expect(short.comments.at(-1)).toContain('The token is no longer valid.');
    expect((await world.ask('/stats', { token })).status).toBe(401);
  });

  it('cuts off a reader that takes nothing, which resumes; the others do not notice', async () => {
    await using world = await World.open({ stall_timeout: 1, heartbeat: 60 }, { minion: false });
    const token = await world.login();
    await using master = await bus(world);
    const slow = reader(world, token);
    const fast = reader(world, token);
    (await slow.open).pause();
    await fast.open;
    const body = 'x'.repeat(20_000);
    const total = 1000;
    for (let n = 0; n < total; n += 20)
      await master.bus.publish(
        Array.from({ length: 20 }, (_, i) => ({ tag: 'big', data: mapOf({ n: n + i, body }) })),
      );
    await fast.until((events) => events.length >= total);
    await expect
      .poll(() => world.traces.filter(({ kind }) => kind === 'api.reader.cut').length, { timeout: 20_000 })
      .toBe(1);
    (await slow.open).resume();
    await slow.closed;
    const first = slow.events.map(({ data }) => data['n']);
    expect(first.length).toBeLessThan(total);
    const again = reader(world, token, { lastEventId: slow.lastId ?? 0 });
    await again.until((events) => events.length >= total - first.length);
    expect([...first, ...again.events.map(({ data }) => data['n'])]).toEqual(
      Array.from({ length: total }, (_, i) => i),
    );
  });
});
