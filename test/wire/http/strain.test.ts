import { connect, type Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { World } from './support.ts';
import { WebsocketClient } from './websocket-client.ts';

const soon = { timeout: 30_000 };

/** A connection that says nothing more than this, and whether it was closed. */
function open(port: number, text: string): { readonly socket: Socket; closed: boolean } {
  const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(text));
  const opened = { socket, closed: false };
  socket.on('error', () => undefined);
  socket.on('close', () => {
    opened.closed = true;
  });
  socket.resume();
  return opened;
}

/** Bytes in use when all that nobody holds is gone. */
function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let round = 0; round < 3; round += 1) collect();
  return process.memoryUsage().heapUsed;
}

describe('under strain', () => {
  it('serves others while two thousand connections say nothing or too little, and ends those', async () => {
    await using world = await World.open({ header_timeout: 5, body_timeout: 5 }, { minion: false });
    const token = await world.login();
    const beginnings = [
      '',
      'GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ',
      `POST / HTTP/1.1\r\nHost: x\r\nX-Auth-Token: ${token}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n[`,
      'POST /hook/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n',
    ];
    const opened: ReturnType<typeof open>[] = [];
    // In waves: what does not fit into the system's queue of new connections would never reach the server.
    for (let wave = 0; wave < 20; wave += 1) {
      for (let n = 0; n < 100; n += 1) opened.push(open(world.port, beginnings[n % beginnings.length] ?? ''));
      await expect.poll(() => opened.some(({ socket }) => socket.connecting), soon).toBe(false);
    }
    const answer = await world.run(token, { client: 'runner', fun: 'manage.up' });
    expect([answer.status, answer.json]).toEqual([200, { return: [[]] }]);
    expect((await world.ask('/hook/through', { token, json: { n: 1 } })).status).toBe(200);
    await expect.poll(() => opened.filter(({ closed }) => !closed).length, soon).toBe(0);
    expect((await world.ask('/readyz')).status).toBe(200);
    expect(world.traces.filter(({ kind }) => kind === 'unexpected')).toEqual([]);
  }, 90_000);

  it('keeps nothing of what it refuses', async () => {
    await using world = await World.open({ body_max: 20_000, body_timeout: 5 }, { minion: false });
    const token = await world.login();
    const filler = 'x'.repeat(15_000);
    const refuse = async (n: number): Promise<void> => {
      const type = { 'content-type': n % 2 === 0 ? 'application/json' : 'text/yaml' };
      const statuses = await Promise.all([
        world.ask('/', { token, body: `{"a": "${n}${filler}`, headers: type }),
        world.ask('/', { token, body: `${filler}${filler}`, headers: type }),
        world.ask(`/hook/${n}`, { token: `${n}${filler.slice(0, 100)}`, json: { filler } }),
        world.ask(`/nowhere/${n}`, { token }),
        world.ask('/', { token, json: [{ client: `client-${n}`, fun: filler }] }),
        world.ask('/', { token, json: [{ client: 'runner', fun: `unknown-${n}.${filler.slice(0, 100)}` }] }),
      ]);
      expect(statuses.map(({ status }) => status)).toEqual([400, 413, 401, 404, 400, 500]);
    };
    for (let n = 0; n < 100; n += 1) await refuse(n);
    world.traces.length = 0;
    const before = heapBytes();
    for (let n = 100; n < 500; n += 1) await refuse(n);
    world.traces.length = 0;
    // 2,400 requests with up to 30 kB each: what is kept of a tenth of them would be seen.
    expect(heapBytes() - before).toBeLessThan(4 << 20);
  }, 90_000);

  it('ends websockets that never say that they are ready', async () => {
    await using world = await World.open({ body_timeout: 1 }, { minion: false });
    const token = await world.login();
    const silent = new WebsocketClient(world.port, '/ws', { 'x-auth-token': token });
    await silent.open;
    expect(await silent.closed).toBe('1008 The first message did not come.');
    expect(silent.texts).toEqual([]);
  });
});
