import { chmodSync, existsSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { Dealer, Router } from 'zeromq';
import {
  type BindLinkOptions,
  bindLink,
  connectLink,
  ensureSocketFolder,
  type LinkServer,
  packValue,
  unpackValue,
} from '../../../src/bus/index.ts';
import { BrineError, mapOf } from '../../../src/core/index.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { clock, recorder, statusOf } from './support.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);
const text = (payload: Uint8Array): string => Buffer.from(payload).toString();
const code = (value: string): unknown => expect.objectContaining({ code: value });

async function bind(endpoint: string, options: Partial<BindLinkOptions> = {}): Promise<LinkServer> {
  const telemetry = recorder();
  const link = await bindLink({ endpoints: [endpoint], bytesMax: 1 << 20, telemetry, clock, ...options });
  link.accept();
  return link;
}

/** An echo server and a client of it over a unix socket. */
async function pair(): Promise<
  { server: LinkServer; client: ReturnType<typeof connectLink>; path: string } & AsyncDisposable
> {
  const folder = temporaryFolder();
  const path = `${folder.path}/link.ipc`;
  const server = await bind(`ipc://${path}`);
  server.handle('echo', ({ payload }) => payload);
  const client = connectLink({ endpoint: `ipc://${path}`, clock });
  return {
    server,
    client,
    path,
    [Symbol.asyncDispose]: async () => {
      await client.close();
      await server.close();
      folder[Symbol.dispose]();
    },
  };
}

describe('requests', () => {
  test('find their replies, whatever order these come in', async () => {
    await using it = await pair();
    const waiting: (() => void)[] = [];
    it.server.handle('late', async ({ payload }) => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      return payload;
    });
    const late = [it.client.request('late', bytes('1'), 5000), it.client.request('late', bytes('2'), 5000)];
    expect(text(await it.client.request('echo', bytes('3'), 5000))).toBe('3');
    for (const answer of waiting.toReversed()) answer();
    expect((await Promise.all(late)).map(text)).toEqual(['1', '2']);
  });

  test('that come before the server has its verbs wait for them', async () => {
    using folder = temporaryFolder();
    const endpoint = `ipc://${folder.path}/link.ipc`;
    const server = await bindLink({
      endpoints: [endpoint],
      bytesMax: 1 << 20,
      telemetry: recorder(),
      clock,
    });
    const client = connectLink({ endpoint, clock });
    await statusOf(client, 'connected');
    const early = client.request('late', bytes('1'), 5000);
    // Long enough for it to be refused if it were looked at.
    await Promise.race([early, new Promise((resolve) => setTimeout(resolve, 50))]);
    server.handle('late', ({ payload }) => payload);
    server.accept();
    expect(text(await early)).toBe('1');
    await client.close();
    await server.close();
  });

  test('carry the error that the server threw', async () => {
    await using it = await pair();
    it.server.handle('fail', () => {
      throw new BrineError('NO_SUCH_JOB', 'There is no job 7.', { fields: { jid: '7', list: [1] } });
    });
    await expect(it.client.request('fail', bytes(''), 5000)).rejects.toMatchObject({
      code: 'NO_SUCH_JOB',
      message: 'There is no job 7.',
      fields: { jid: '7', list: '[1]' },
    });
  });

  test('tell of a fault in a handler without bringing the server down', async () => {
    await using it = await pair();
    it.server.handle('broken', () => Promise.reject(new TypeError('oops')));
    await expect(it.client.request('broken', bytes(''), 5000)).rejects.toThrow('oops');
    expect(text(await it.client.request('echo', bytes('still here'), 5000))).toBe('still here');
  });

  test('time out by the clock, and a late reply is for nobody', async () => {
    await using it = await pair();
    const answers: (() => void)[] = [];
    it.server.handle('never', () => new Promise((resolve) => answers.push(() => resolve(bytes('')))));
    await expect(it.client.request('never', bytes(''), 20)).rejects.toThrow(code('TIMEOUT'));
    for (const answer of answers) answer();
    expect(text(await it.client.request('echo', bytes('x'), 5000))).toBe('x');
  });

  test('that timed out without a connection are never sent', async () => {
    const folder = temporaryFolder();
    const endpoint = `ipc://${folder.path}/later.ipc`;
    const client = connectLink({ endpoint, clock });
    await expect(client.request('echo', bytes('lost'), 20)).rejects.toMatchObject({
      code: 'TIMEOUT',
      fields: { sent: false },
    });
    const server = await bind(endpoint);
    const seen: string[] = [];
    server.handle('echo', ({ payload }) => {
      seen.push(text(payload));
      return payload;
    });
    await client.request('echo', bytes('now'), 5000);
    expect(seen).toEqual(['now']);
    await client.close();
    await server.close();
    folder[Symbol.dispose]();
  });

  test('that a stopping server has taken are answered', async () => {
    await using it = await pair();
    const started = new Promise<void>((resolve) => {
      it.server.handle('slow', async () => {
        resolve();
        await new Promise((later) => setImmediate(later));
        return bytes('done');
      });
    });
    const reply = it.client.request('slow', bytes(''), 5000);
    await started;
    await it.server.close();
    expect(text(await reply)).toBe('done');
  });

  test('fail with BUS_CLOSED when the link is closed', async () => {
    await using it = await pair();
    it.server.handle('never', () => new Promise(() => undefined));
    const waiting = expect(it.client.request('never', bytes(''), 5000)).rejects.toThrow(code('BUS_CLOSED'));
    await it.client.close();
    await waiting;
    await expect(it.client.request('echo', bytes(''), 5000)).rejects.toThrow(code('BUS_CLOSED'));
  });
});

test('a client survives a crash of its server: what was under way fails at once, what comes later works', async () => {
  const folder = temporaryFolder();
  const endpoint = `ipc://${folder.path}/link.ipc`;
  const crashing = new Router({ linger: 0 });
  await crashing.bind(endpoint);
  const client = connectLink({ endpoint, clock });
  const statuses: string[] = [];
  client.onStatus(({ kind }) => statuses.push(kind));
  const underWay = client.request('echo', bytes('lost'), 30_000);
  await crashing.receive();
  crashing.close();
  await expect(underWay).rejects.toThrow(code('BUS_CLOSED'));
  const waiting = client.request('echo', bytes('patient'), 10_000);
  const server = await bind(endpoint);
  server.handle('echo', ({ payload }) => payload);
  expect(text(await waiting)).toBe('patient');
  expect(statuses).toEqual(['connected', 'lost', 'connected']);
  await client.close();
  await server.close();
  folder[Symbol.dispose]();
});

describe('pushes', () => {
  test('reach the peer, in order', async () => {
    await using it = await pair();
    let peer = '';
    it.server.handle('hello', (request) => {
      peer = request.peer;
      return bytes('');
    });
    const got: string[] = [];
    const all = new Promise<void>((resolve) =>
      it.client.onPush('news', (payload) => {
        if (got.push(text(payload)) === 3) resolve();
      }),
    );
    await it.client.request('hello', bytes(''), 5000);
    for (const word of ['a', 'b', 'c']) expect(await it.server.push(peer, 'news', bytes(word))).toBe(true);
    await all;
    expect(got).toEqual(['a', 'b', 'c']);
  });

  test('to somebody who is gone, or never was, say so', async () => {
    await using it = await pair();
    expect(await it.server.push('0012345678', 'news', bytes(''))).toBe(false);
  });

  test('to a peer that does not drain say so, and others are served on', async () => {
    await using it = await pair();
    const stuck = new Dealer({ linger: 0, receiveHighWaterMark: 1, receiveBufferSize: 4096 });
    stuck.connect(`ipc://${it.path}`);
    const peer = await new Promise<string>((resolve) => {
      it.server.handle('hello', (request) => {
        resolve(request.peer);
        return bytes('');
      });
      void stuck.send([packValue([0, 1, 'hello']) as Buffer, '']);
    });
    const large = new Uint8Array(100_000);
    let pushed = 0;
    while (await it.server.push(peer, 'news', large)) pushed += 1;
    expect(pushed).toBeLessThan(1200);
    expect(text(await it.client.request('echo', bytes('fine'), 5000))).toBe('fine');
    stuck.close();
  });
});

describe('what does not belong on a link', () => {
  const hostile: [string, (string | Buffer)[]][] = [
    ['no frame of a head', ['']],
    ['a head only', [packValue([0, 1, 'echo']) as Buffer]],
    ['too many frames', [packValue([0, 1, 'echo']) as Buffer, '', '']],
    ['a head that is no msgpack', [Buffer.from('c1', 'hex'), '']],
    ['a reply instead of a request', [packValue([1, 1, true]) as Buffer, '']],
    ['a number that is none', [packValue([0, 'one', 'echo']) as Buffer, '']],
    ['a verb of JavaScript', [packValue([0, 1, '__proto__']) as Buffer, '']],
    ['a verb that is unknown', [packValue([0, 1, 'rm -rf']) as Buffer, '']],
    ['too long a payload', [packValue([0, 1, 'echo']) as Buffer, Buffer.alloc((1 << 20) + 1)]],
    ['nesting without end', [Buffer.from('91'.repeat(100_000), 'hex'), '']],
  ];

  test.each(hostile)('%s is answered with BAD_MESSAGE and harms nobody', async (_, frames) => {
    await using it = await pair();
    const rude = new Dealer({ linger: 0 });
    rude.connect(`ipc://${it.path}`);
    await rude.send(frames);
    const [head, payload] = await rude.receive();
    expect(unpackValue(head as Buffer)).toMatchObject([1, expect.any(Number), false]);
    expect(unpackValue(payload as Buffer)).toEqual(
      mapOf({ code: 'BAD_MESSAGE', message: expect.any(String) as string, fields: new Map() }),
    );
    expect(text(await it.client.request('echo', bytes('fine'), 5000))).toBe('fine');
    rude.close();
  });

  test('a message far beyond the limit ends its connection only', async () => {
    await using it = await pair();
    const rude = connectLink({ endpoint: `ipc://${it.path}`, clock });
    const request = rude.request('echo', new Uint8Array(8 << 20), 10_000);
    await expect(request).rejects.toThrow(code('BUS_CLOSED'));
    expect(text(await it.client.request('echo', bytes('fine'), 5000))).toBe('fine');
    await rude.close();
  });

  test('a client that gets rubbish stays', async () => {
    const folder = temporaryFolder();
    const telemetry = recorder();
    const server = await bind(`ipc://${folder.path}/l.ipc`);
    const client = connectLink({ endpoint: `ipc://${folder.path}/l.ipc`, clock, telemetry });
    let peer = '';
    server.handle('hello', (request) => {
      peer = request.peer;
      return bytes('');
    });
    await client.request('hello', bytes(''), 5000);
    client.onPush('bad', () => {
      throw new Error('a listener with a fault');
    });
    await server.push(peer, 'bad', bytes(''));
    await client.request('hello', bytes(''), 5000);
    expect(telemetry.events).toEqual([
      { kind: 'unexpected', where: 'link', message: 'a listener with a fault' },
    ]);
    await client.close();
    await server.close();
    folder[Symbol.dispose]();
  });

  test('too many requests under way are refused, not queued', async () => {
    const folder = temporaryFolder();
    const server = await bind(`ipc://${folder.path}/l.ipc`, { inFlightMax: 2 });
    const client = connectLink({ endpoint: `ipc://${folder.path}/l.ipc`, clock });
    const answers: (() => void)[] = [];
    server.handle('slow', () => new Promise((resolve) => answers.push(() => resolve(bytes('ok')))));
    const two = [client.request('slow', bytes(''), 5000), client.request('slow', bytes(''), 5000)];
    await expect(client.request('slow', bytes(''), 5000)).rejects.toThrow(code('OVERLOADED'));
    for (const answer of answers) answer();
    expect((await Promise.all(two)).map(text)).toEqual(['ok', 'ok']);
    await client.close();
    await server.close();
    folder[Symbol.dispose]();
  });
});

describe('addresses', () => {
  test('a socket file is for its owner only, and goes with the link', async () => {
    await using it = await pair();
    expect(statSync(it.path).mode & 0o777).toBe(0o600);
    await it.server.close();
    expect(existsSync(it.path)).toBe(false);
  });

  test('a free port is found and told', async () => {
    const server = await bind('tcp://127.0.0.1:0');
    expect(server.endpoints[0]).toMatch(/^tcp:\/\/127\.0\.0\.1:[1-9]\d+$/);
    await server.close();
  });

  test('a port or socket in use is PORT_IN_USE with its address', async () => {
    await using it = await pair();
    const other = await bind('tcp://127.0.0.1:0');
    for (const endpoint of [other.endpoints[0] as string, `ipc://${it.path}`])
      await expect(bind(endpoint)).rejects.toMatchObject({ code: 'PORT_IN_USE', fields: { endpoint } });
    expect(text(await it.client.request('echo', bytes('undisturbed'), 5000))).toBe('undisturbed');
    await other.close();
  });

  test('when one address fails, the others are free again', async () => {
    const folder = temporaryFolder();
    const taken = await bind('tcp://127.0.0.1:0');
    const endpoints = [`ipc://${folder.path}/a.ipc`, taken.endpoints[0] as string];
    await expect(bind('', { endpoints })).rejects.toThrow(code('PORT_IN_USE'));
    expect(existsSync(`${folder.path}/a.ipc`)).toBe(false);
    await taken.close();
    folder[Symbol.dispose]();
  });

  test('a socket file that a dead process left is taken over', async () => {
    const folder = temporaryFolder();
    const path = `${folder.path}/stale.ipc`;
    writeFileSync(path, '');
    const server = await bind(`ipc://${path}`);
    await server.close();
    folder[Symbol.dispose]();
  });

  test('a path that no socket can have is SOCKET_PATH_TOO_LONG', async () => {
    const folder = temporaryFolder();
    const long = `${folder.path}/${'x'.repeat(100)}`;
    await expect(bind(`ipc://${long}.ipc`)).rejects.toThrow(code('SOCKET_PATH_TOO_LONG'));
    expect(() => ensureSocketFolder(long)).toThrow(code('SOCKET_PATH_TOO_LONG'));
    folder[Symbol.dispose]();
  });

  test('the socket folder is made private, or made so', async () => {
    const folder = temporaryFolder();
    const path = `${folder.path}/run/sock`;
    ensureSocketFolder(path);
    expect(statSync(path).mode & 0o777).toBe(0o700);
    chmodSync(path, 0o755);
    ensureSocketFolder(path);
    expect(statSync(path).mode & 0o777).toBe(0o700);
    writeFileSync(`${folder.path}/file`, '');
    expect(() => ensureSocketFolder(`${folder.path}/file`)).toThrow(code('BAD_CONFIG'));
    folder[Symbol.dispose]();
  });

  test('a service of another kind on the other side is reported as lost', async () => {
    const folder = temporaryFolder();
    const path = `${folder.path}/other.sock`;
    const other = createServer((socket) => socket.resume().end('220 mail ready\r\n'));
    await new Promise<void>((resolve) => other.listen(path, resolve));
    const client = connectLink({ endpoint: `ipc://${path}`, clock });
    expect(await statusOf(client, 'lost')).toMatchObject({ kind: 'lost' });
    await client.close();
    await new Promise((resolve) => other.close(resolve));
    folder[Symbol.dispose]();
  });
});
