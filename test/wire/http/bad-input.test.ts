import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { World } from './support.ts';

/** What a raw connection gets back until it is closed. */
function talk(port: number, text: string, options: { keep?: boolean } = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    let got = '';
    const socket = connect({ port, host: '127.0.0.1' }, () => {
      socket.write(text);
      if (options.keep !== true) socket.end();
    });
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => (got += chunk));
    socket.on('close', () => resolve(got));
    socket.on('error', (error) => (got === '' ? reject(error) : resolve(got)));
  });
}

describe('bad input', () => {
  let world: World;
  let token: string;

  beforeAll(async () => {
    world = await World.open(
      { body_max: 20_000, header_timeout: 1, body_timeout: 1.5, connections_max: 50 },
      { minion: false },
    );
    token = await world.login();
  });
  afterAll(() => world[Symbol.asyncDispose]());

  const post = (body: string | Buffer, type: string, path = '/'): ReturnType<World['ask']> =>
    world.ask(path, { token, body, headers: { 'content-type': type } });
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${Array.from(
    { length: 20 },
    (_, i) =>
      `${String.fromCharCode(98 + i)}: &${String.fromCharCode(98 + i)} [${Array(9)
        .fill(`*${String.fromCharCode(97 + i)}`)
        .join(',')}]`,
  ).join('\n')}\n`;

  it.each<[string, string | Buffer, string, number, string]>([
    ['malformed JSON', '{"a": ', 'application/json', 400, 'Invalid JSON document'],
    ['JSON with something behind it', '[] []', 'application/json', 400, 'Invalid JSON document'],
    ['JSON that is nested deeply', '['.repeat(10_000), 'application/json', 400, 'Invalid JSON document'],
    ['malformed YAML', 'a: [b', 'application/x-yaml', 400, 'Invalid YAML document'],
    ['a bomb of YAML aliases', bomb, 'text/yaml', 400, 'Invalid YAML document'],
    ['YAML that is nested deeply', '['.repeat(10_000), 'text/yaml', 400, 'Invalid YAML document'],
    ['an alias to itself', '&a [*a]', 'text/yaml', 400, 'Invalid YAML document'],
    ['a key that is there twice', 'client: local\nclient: runner', 'text/yaml', 400, 'Invalid YAML document'],
    [
      'bytes that are no UTF-8',
      Buffer.from([0x5b, 0xff, 0x5d]),
      'application/json',
      400,
      'The body is not UTF-8.',
    ],
    ['a wrong content type', '<a/>', 'text/xml', 406, 'Content type not supported'],
    ['no content type', 'client=local', '', 406, 'Content type not supported'],
    ['nothing', '', 'application/json', 400, 'Lowstates must be a list'],
    ['a text', '"x"', 'application/json', 400, 'Lowstates must be a list'],
    ['a map without anything', '{}', 'application/json', 400, 'Lowstates must be a list'],
    ['a list of texts', '["x"]', 'application/json', 500, 'A lowstate must be a map.'],
    [
      'too many chunks',
      JSON.stringify(Array(1001).fill({})),
      'application/json',
      400,
      'A request may have 1000 lowstates.',
    ],
    [
      'too many fields',
      'a=1&'.repeat(1500),
      'application/x-www-form-urlencoded',
      400,
      'A form has at most 1000 fields.',
    ],
    [
      'an unknown client',
      '[{"client": "__proto__"}]',
      'application/json',
      400,
      "Invalid client specified: '__proto__'",
    ],
    [
      'a client that is a list',
      '[{"client": ["local"]}]',
      'application/json',
      400,
      "Invalid client specified: 'None'",
    ],
    [
      'an unknown runner',
      '[{"client": "runner", "fun": "constructor.name"}]',
      'application/json',
      500,
      'There is no runner constructor.name.',
    ],
    [
      'a runner’s name with a look-alike letter',
      '[{"client": "runner", "fun": "mаnage.up"}]',
      'application/json',
      500,
      'There is no runner',
    ],
    [
      'a look-alike client',
      '[{"client": "lоcal", "tgt": "*", "fun": "test.ping"}]',
      'application/json',
      400,
      "Invalid client specified: 'lоcal'",
    ],
    [
      'an unknown wheel',
      '[{"client": "wheel", "fun": "__proto__.x"}]',
      'application/json',
      200,
      'There is no wheel',
    ],
    [
      'a function that is no text',
      '[{"client": "local", "tgt": "*", "fun": {"a": 1}}]',
      'application/json',
      500,
      '',
    ],
    [
      'a target of another kind',
      '[{"client": "local", "tgt": "x", "tgt_type": "nope", "fun": "test.ping"}]',
      'application/json',
      200,
      '{}',
    ],
    [
      'a broken target',
      '[{"client": "local", "tgt": "( and", "tgt_type": "compound", "fun": "test.ping"}]',
      'application/json',
      200,
      '{}',
    ],
  ])('%s gets a clear answer', async (_name, body, type, status, text) => {
    const answer = await (type === '' ? world.ask('/', { token, body }) : post(body, type));
    expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(text) as unknown]);
    expect(answer.text).not.toMatch(/\bat .*\.[jt]s\b|node_modules|Error:/);
  });

  it('refuses a body over the limit before reading it, and one that lies about its length', async () => {
    const large = await world.ask('/', {
      token,
      body: 'x'.repeat(20_001),
      headers: { 'content-type': 'application/json' },
    });
    expect(large.status).toBe(413);
    expect(large.text).toContain('The entity sent with the request exceeds the maximum allowed bytes.');
    const chunked = `POST / HTTP/1.1\r\nHost: x\r\nX-Auth-Token: ${token}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const piece = `2000\r\n${'x'.repeat(0x2000)}\r\n`;
    expect(await talk(world.port, chunked + piece.repeat(5))).toMatch(/^HTTP\/1\.1 413 /);
    const tooSmallLogin = await world.ask('/login', {
      body: 'x'.repeat(15_000),
      headers: { 'content-type': 'text/xml' },
    });
    expect(tooSmallLogin.status).toBe(406);
  });

  it('asks who it is before it looks at the body', async () => {
    const headers = { 'content-type': 'application/json' };
    expect((await world.ask('/', { body: '{"a": ', headers })).status).toBe(401);
    expect((await world.ask('/hook/x', { body: '{"a": ', headers })).status).toBe(401);
    expect(
      (await world.ask('/minions', { body: '<a/>', headers: { 'content-type': 'text/xml' } })).status,
    ).toBe(401);
  });

  it('ends requests whose headers or bodies do not come', async () => {
    expect(await talk(world.port, 'GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ', { keep: true })).toMatch(
      /^HTTP\/1\.1 408 /,
    );
    const unfinished = `POST / HTTP/1.1\r\nHost: x\r\nX-Auth-Token: ${token}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n[`;
    expect(await talk(world.port, unfinished, { keep: true })).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('refuses headers that are too large, malformed or smuggle', async () => {
    const ask = (rest: string): Promise<string> =>
      talk(world.port, `GET / HTTP/1.1\r\nHost: x\r\n${rest}\r\n\r\n`);
    expect(await ask(`X-Long: ${'x'.repeat(20_000)}`)).toMatch(/^HTTP\/1\.1 431 /);
    expect(await ask('X Bad: 1')).toMatch(/^HTTP\/1\.1 400 /);
    expect(await ask('Content-Length: 5\r\nTransfer-Encoding: chunked')).toMatch(/^HTTP\/1\.1 400 /);
    expect(await talk(world.port, 'NONSENSE\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    const echoed = await world.ask('/', { headers: { accept: '<script>alert(1)</script>' } });
    expect(echoed.text).not.toContain('<script>');
  });

  it.each([
    ['/hook/a%0Ab', 400],
    ['/hook/a%0D%0ASet-Cookie:x', 400],
    ['/hook/a%00', 400],
    ['/hook/..%2f..%2fsalt%2fjob', 400],
    ['/hook/%2e%2e/x', 400],
    [`/hook/${'x'.repeat(5000)}`, 414],
    ['/hook/%ff', 400],
    ['/hook/caf%C3%A9', 200],
    ['/hook//a///b', 200],
  ])('makes no strange tag of %s', async (path, status) => {
    const answer = await world.ask(path, { token, json: {} });
    expect([400, 404, 414].includes(answer.status) ? 'refused' : answer.status).toBe(
      status === 200 ? 200 : 'refused',
    );
    expect(
      answer.headers['set-cookie'] === undefined ||
        !String(answer.headers['set-cookie']).includes('Set-Cookie:x'),
    ).toBe(true);
  });

  it('refuses names that look like others', async () => {
    for (const name of ['tеster', 'tester ', '', 'Reactor', '../x', 'a\nb', 'ＲＯＯＴ'])
      await expect(world.user(name, { perms: [], read: [], emit: [] })).rejects.toMatchObject({
        code: 'BAD_ARGUMENT',
      });
    const json = { username: 'tеster', password: 'tester-secret', eauth: 'pam' };
    expect((await world.ask('/login', { json })).status).toBe(401);
    for (const mid of ['wеb1', 'web１', 'web1\n', '.', 'web1\u0000', 'WEB1\u202e'])
      expect([
        mid,
        (
          await world.ask('/keys', {
            json: { mid, username: 'tester', password: 'tester-secret', eauth: 'pam' },
          })
        ).status,
      ]).toEqual([mid, 400]);
    expect(
      (
        await world.ask('/keys', {
          json: { mid: 'a/../b', username: 'tester', password: 'tester-secret', eauth: 'pam' },
        })
      ).status,
    ).toBe(400);
  });

  it('keeps serving when there are more connections than it takes', async () => {
    const sockets: Socket[] = [];
    let refused = 0;
    for (let i = 0; i < 300; i += 1) {
      const socket = connect({ port: world.port, host: '127.0.0.1' });
      socket.on('error', () => undefined);
      socket.on('close', () => (refused += 1));
      sockets.push(socket);
    }
    await expect.poll(() => refused, { timeout: 10_000 }).toBeGreaterThanOrEqual(250);
    for (const socket of sockets) socket.destroy();
    await expect
      .poll(async () => (await world.ask('/').catch(() => undefined))?.status, { timeout: 10_000 })
      .toBe(200);
  });

  it('tells while the master is away, and goes on when it is back', async () => {
    await world.stopMaster();
    await expect
      .poll(async () => (await world.run(token, { client: 'runner', fun: 'manage.up' })).status, {
        timeout: 20_000,
      })
      .toBe(503);
    const away = await world.ask('/hook/x', { token, json: {} });
    expect(away).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    expect(away.text).toContain('Salt Master is not available.');
    await world.startMaster();
    await expect
      .poll(async () => (await world.run(token, { client: 'runner', fun: 'manage.up' })).status, {
        timeout: 20_000,
      })
      .toBe(200);
  });

  it('reports nothing unexpected for all this', () => {
    expect(world.traces.filter(({ kind }) => kind === 'unexpected')).toEqual([]);
  });
});
