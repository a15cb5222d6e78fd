import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { World } from './support.ts';

/** The routes of salt-api with the statuses and bodies of release 3008.3, against a real master and minion. */
describe('the routes of salt-api', () => {
  let world: World;
  let token: string;
  const run = async (chunk: Record<string, unknown>): Promise<{ status: number; value: unknown }> => {
    const { status, json } = await world.run(token, chunk);
    const [value] = (json as { return?: unknown[] } | undefined)?.return ?? [];
    return { status, value };
  };

  beforeAll(async () => {
    world = await World.open();
    await world.user('limited', {
      perms: [
        'test.*',
        { 'm1*': ['grains.items'] },
        { 'other*': ['sys.*'] },
        '@jobs',
        { '@runner': ['manage.up'] },
      ],
      read: ['*'],
      emit: ['*'],
    });
    token = await world.login();
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it('welcomes, in the form that is accepted', async () => {
    expect(await world.ask('/')).toMatchObject({
      status: 200,
      text: '{"return": "Welcome", "clients": ["destroy", "local", "local_async", "local_batch", "local_subset", "runner", "runner_async", "ssh", "wheel", "wheel_async"]}',
      headers: { 'content-type': 'application/json', 'access-control-allow-origin': '*' },
    });
    const yaml = await world.ask('/', { headers: { accept: 'text/html;q=0.1, application/x-yaml' } });
    expect(yaml.headers['content-type']).toBe('application/x-yaml');
    expect(yaml.text).toMatch(/^clients:\n- destroy\n[\s\S]*return: Welcome\n$/);
    const refused = await world.ask('/', { headers: { accept: 'text/html' } });
    expect(refused).toMatchObject({ status: 406, headers: { 'content-type': 'text/html;charset=utf-8' } });
    expect(refused.text).toContain('only emits these media types: application/json, application/x-yaml.');
  });

  it('logs in with a form, YAML, JSON and a list, and out', async () => {
    const bodies: [string, string][] = [
      ['application/x-www-form-urlencoded', 'username=tester&password=tester-secret&eauth=pam'],
      ['application/x-yaml', 'username: tester\npassword: tester-secret\neauth: pam\n'],
      ['application/json', '{"username":"tester","password":"tester-secret","eauth":"pam"}'],
      ['application/json', '[{"username":"tester","password":"tester-secret","eauth":"pam"}]'],
    ];
    for (const [type, body] of bodies) {
      const { status, headers, json } = await world.ask('/login', {
        body,
        headers: { 'content-type': type },
      });
      expect(status).toBe(200);
      const [login] = (json as { return: Record<string, unknown>[] }).return;
      expect(login).toMatchObject({
        user: 'tester',
        eauth: 'pam',
        perms: ['.*', '@jobs', '@runner', '@wheel'],
      });
      expect(login?.['token']).toBe(headers['x-auth-token']);
      expect(login?.['token']).toMatch(/^[0-9a-f]{40}$/);
      expect(Number(login?.['expire']) - Number(login?.['start'])).toBe(43_200);
      expect(String(headers['set-cookie'])).toMatch(
        /^session_id=[0-9a-f]{40}; Max-Age=36000; Path=\/; Expires=/,
      );
    }
    const mine = await world.login();
    expect((await world.ask('/stats', { token: mine })).status).toBe(200);
    expect(await world.ask('/logout', { token: mine, method: 'POST' })).toMatchObject({
      status: 200,
      text: '{"return": "Your token has been cleared"}',
    });
    expect((await world.ask('/stats', { token: mine })).status).toBe(401);
  });

  it('refuses wrong logins and missing tokens', async () => {
    const wrong = { username: 'tester', password: 'no', eauth: 'pam' };
    const refused = await world.ask('/login', { json: wrong });
    expect(refused.status).toBe(401);
    expect(refused.text).toContain('<p>Could not authenticate using provided credentials</p>');
    for (const headers of [
      {},
      { 'x-auth-token': 'zzz' },
      { 'x-auth-token': 'abcdef0123' },
      { cookie: 'session_id=abcdef0123' },
    ]) {
      const answer = await world.ask('/minions', { headers: headers as Record<string, string> });
      expect(answer.status).toBe(401);
      expect(answer.text).toContain('No permission -- see authorization schemes');
    }
    expect(await world.ask('/login')).toMatchObject({
      headers: { 'www-authenticate': 'Session' },
      text: '{"status": null, "return": "Please log in"}',
    });
  });

  it('takes the cookie, the header and a bearer', async () => {
    const json = [{ client: 'local', tgt: '*', fun: 'test.ping' }];
    for (const headers of [
      { cookie: `session_id=${token}` },
      { 'x-auth-token': token },
      { authorization: `Bearer ${token}` },
    ])
      expect((await world.ask('/', { headers: headers as Record<string, string>, json })).text).toBe(
        '{"return": [{"m1": true}]}',
      );
  });

  it.each<[string, Record<string, unknown>, number, unknown]>([
    ['a job', { client: 'local', tgt: '*', fun: 'test.ping' }, 200, { m1: true }],
    [
      'a job with a text for arg',
      { client: 'local', tgt: '*', fun: 'test.echo', arg: 'hi' },
      200,
      { m1: 'hi' },
    ],
    [
      'a list of minions',
      { client: 'local', tgt: ['m1'], tgt_type: 'list', fun: 'test.ping' },
      200,
      { m1: true },
    ],
    [
      'a compound target',
      { client: 'local', tgt: 'm* and not x', tgt_type: 'compound', fun: 'test.ping' },
      200,
      { m1: true },
    ],
    ['nobody', { client: 'local', tgt: 'nobody', fun: 'test.ping' }, 200, {}],
    [
      'several functions',
      { client: 'local', tgt: '*', fun: ['test.ping', 'test.echo'], arg: [[], ['x']] },
      200,
      { m1: { 'test.ping': true, 'test.echo': 'x' } },
    ],
    [
      'keyword arguments',
      { client: 'local', tgt: '*', fun: 'test.arg', kwarg: { a: 1 } },
      200,
      { m1: { args: [], kwargs: { a: 1 } } },
    ],
    [
      'the full return',
      { client: 'local', tgt: '*', fun: 'test.ping', full_return: true },
      200,
      { m1: { ret: true, retcode: 0 } },
    ],
    [
      'a job that is not waited for',
      { client: 'local_async', tgt: '*', fun: 'test.ping' },
      200,
      { minions: ['m1'] },
    ],
    ['nobody, not waited for', { client: 'local_async', tgt: 'nobody', fun: 'test.ping' }, 200, {}],
    ['a batch', { client: 'local_batch', tgt: '*', fun: 'test.ping', batch: '50%' }, 200, { m1: true }],
    ['a subset', { client: 'local_subset', tgt: '*', fun: 'test.ping', subset: 1 }, 200, { m1: true }],
    ['a runner', { client: 'runner', fun: 'manage.up' }, 200, ['m1']],
    ['a runner with unknown keywords', { client: 'runner', fun: 'manage.up', nope: 1 }, 200, ['m1']],
    [
      'a runner with arguments',
      { client: 'runner', fun: 'test.arg', arg: ['a', 1], kwarg: { b: 2 } },
      200,
      { args: ['a', 1], kwargs: { b: 2 } },
    ],
    [
      'a runner with keywords',
      { client: 'runner', fun: 'test.arg', a: 1 },
      200,
      { args: [], kwargs: { a: 1 } },
    ],
    [
      'a runner, in full',
      { client: 'runner', fun: 'manage.up', full_return: true },
      200,
      { data: { fun: 'runner.manage.up', user: 'tester', fun_args: [], return: ['m1'], success: true } },
    ],
    [
      'an unknown job',
      { client: 'runner', fun: 'jobs.list_job', jid: '20200101000000000000' },
      200,
      {
        jid: '20200101000000000000',
        Error: 'Cannot contact returner or no job with this jid',
        StartTime: '2020, Jan 01 00:00:00.000000',
        Result: {},
      },
    ],
    [
      'a wheel',
      { client: 'wheel', fun: 'key.list', match: 'acc' },
      200,
      { data: { fun: 'wheel.key.list', user: 'tester', return: { minions: ['m1'] }, success: true } },
    ],
    [
      'a wheel that does not exist',
      { client: 'wheel', fun: 'no.such' },
      200,
      { data: { fun: 'wheel.no.such', success: false } },
    ],
    ['no client', { tgt: '*', fun: 'test.ping' }, 400, undefined],
    ['ssh', { client: 'ssh', tgt: '*', fun: 'test.ping' }, 400, undefined],
    ['a raw shell', { client: 'local', raw_shell: true, tgt: '*', fun: 'test.ping' }, 401, undefined],
    ['a runner without a name', { client: 'runner' }, 400, undefined],
  ])('runs %s', async (_name, chunk, status, value) => {
    const answer = await run(chunk);
    expect(answer.status).toBe(status);
    if (value === undefined) return;
    if (typeof value === 'object' && !Array.isArray(value))
      expect(answer.value).toMatchObject(value as object);
    else expect(answer.value).toEqual(value);
    if (JSON.stringify(value) === '{}') expect(answer.value).toEqual({});
  });

  it.each([
    [{ client: 'nope' }, 400, "Invalid client specified: 'nope'"],
    [
      { client: 'ssh' },
      400,
      "Client disabled: 'ssh'. Add to 'netapi_enable_clients' master config option to enable.",
    ],
    [{ client: 'runner', fun: 'no.such' }, 500, 'There is no runner no.such.'],
    [{ client: 'local', tgt: '*' }, 500, 'A lowstate of a job needs `fun`.'],
  ])('says what is wrong with %j', async (chunk, status, text) => {
    const answer = await world.run(token, chunk);
    expect(answer).toMatchObject({ status });
    expect(answer.text).toContain(text);
  });

  it('answers forms and YAML, several chunks in order', async () => {
    const form = await world.ask('/', {
      token,
      body: 'client=local&tgt=*&fun=test.arg&arg=1&arg=a%3D2&arg=%7Bx%3A+1%7D',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(form.json).toMatchObject({ return: [{ m1: { args: [1, { x: 1 }], kwargs: { a: 2 } } }] });
    const yaml = await world.ask('/', {
      token,
      body: '- {client: local, tgt: "*", fun: test.ping}\n- {client: runner, fun: manage.up}\n',
      headers: { 'content-type': 'text/yaml', accept: 'application/x-yaml' },
    });
    expect(yaml.text).toBe('return:\n- m1: true\n- - m1\n');
  });

  it('runs chunks that bring their credentials', async () => {
    const login = { username: 'tester', password: 'tester-secret', eauth: 'pam' };
    const ping = { client: 'local', tgt: '*', fun: 'test.ping' };
    const post = (chunk: object): Promise<{ status: number; text: string }> =>
      world.ask('/run', { json: [chunk] });
    expect(await post({ ...login, ...ping })).toMatchObject({
      status: 200,
      text: '{"return": [{"m1": true}]}',
    });
    const made = await world.ask('/token', { json: [login] });
    const [{ token: chunkToken }] = made.json as [{ token: string }];
    expect(await post({ token: chunkToken, ...ping })).toMatchObject({ status: 200 });
    // The token of a login is for the header and not for chunks, as in salt-api.
    expect(await post({ token, ...ping })).toMatchObject({ status: 401 });
    expect((await post(ping)).text).toContain('No authentication credentials given');
    expect((await post({ token: 'nothex', ...ping })).text).toContain('Invalid token');
    expect((await post({ ...login, password: 'no', ...ping })).text).toContain(
      'Authentication error occurred.',
    );
    expect((await post({ token: 'abcdef012345', client: 'runner', fun: 'manage.up' })).text).toContain(
      'Authentication failure of type "token" occurred.',
    );
    expect((await world.ask('/token', { json: [{ username: 'x' }] })).text).toContain(
      'Require "username", "password", and "eauth" params',
    );
  });

  it('shows minions and jobs', async () => {
    expect((await world.ask('/minions/m1', { token })).json).toMatchObject({
      return: [{ m1: { id: 'm1' } }],
    });
    expect((await world.ask('/minions/nope', { token })).text).toBe('{"return": [{}]}');
    const posted = await world.ask('/minions', { token, json: { tgt: '*', fun: 'test.ping' } });
    expect(posted.status).toBe(202);
    const { return: jobs, _links: links } = posted.json as {
      return: [{ jid: string }];
      _links: { jobs: { href: string }[] };
    };
    const [{ jid }] = jobs;
    expect(links).toEqual({ jobs: [{ href: `/jobs/${jid}` }] });
    await expect
      .poll(async () => (await world.ask(`/jobs/${jid}`, { token })).json)
      .toMatchObject({
        info: [{ jid, Function: 'test.ping', User: 'tester', Minions: ['m1'] }],
        return: [{ m1: true }],
      });
    expect((await world.ask('/jobs', { token })).json).toMatchObject({
      return: [{ [jid]: { User: 'tester' } }],
    });
    expect((await world.ask('/jobs/20200101000000000000', { token })).json).toMatchObject({ return: [{}] });
  });

  it('shows and makes keys', async () => {
    expect((await world.ask('/keys', { token })).json).toMatchObject({ return: { minions: ['m1'] } });
    expect((await world.ask('/keys/m1', { token })).json).toMatchObject({ return: { minions: {} } });
    expect((await world.ask('/keys')).text).toContain('No authentication credentials given');
    const login = { username: 'tester', password: 'tester-secret', eauth: 'pam' };
    const made = await world.ask('/keys', { json: { mid: 'jerry', ...login } });
    expect(made).toMatchObject({
      status: 200,
      headers: {
        'content-disposition': 'attachment; filename="saltkeys-jerry.tar"',
        'content-type': 'application/x-tar',
      },
    });
    expect(made.text).toMatch(/^minion\.pub\0/);
    expect(made.text.length % 512).toBe(0);
    await world.run(token, { client: 'wheel', fun: 'key.delete', match: 'jerry' });
  });

  it('limits a user to its functions and minions', async () => {
    const mine = await world.login('limited');
    const ask = async (chunk: object): Promise<number> =>
      (await world.ask('/', { token: mine, json: [chunk] })).status;
    expect(await ask({ client: 'local', tgt: '*', fun: 'test.ping' })).toBe(200);
    expect(await ask({ client: 'local', tgt: 'm1', fun: 'grains.items' })).toBe(200);
    expect(await ask({ client: 'local', tgt: '*', fun: 'sys.list_functions' })).toBe(401);
    expect(await ask({ client: 'local_async', tgt: 'm1', fun: 'sys.list_functions' })).toBe(401);
    expect(await ask({ client: 'local', tgt: '*', fun: 'cmd.run', arg: ['id'] })).toBe(401);
    expect(await ask({ client: 'runner', fun: 'manage.up' })).toBe(200);
    expect(await ask({ client: 'runner', fun: 'manage.down' })).toBe(401);
    expect(await ask({ client: 'runner', fun: 'jobs.list_jobs' })).toBe(200);
    for (const client of ['wheel', 'wheel_async'])
      expect(await ask({ client, fun: 'key.list_all' })).toBe(401);
    const { text } = await world.ask('/keys', { token: mine });
    expect(text).toContain('Authentication failure of type "token" occurred for user limited.');
  });

  it('answers 404 and 405 with what is allowed', async () => {
    expect((await world.ask('/nope')).text).toContain("The path '/nope' was not found.");
    expect(await world.ask('/minions', { method: 'DELETE' })).toMatchObject({
      status: 405,
      headers: { allow: 'GET, HEAD, POST' },
    });
    expect((await world.ask('/?a=b')).status).toBe(404);
    expect((await world.ask('/login/')).status).toBe(200);
    const preflight = await world.ask('/', {
      method: 'OPTIONS',
      headers: { origin: 'http://a.example', 'access-control-request-method': 'POST' },
    });
    expect(preflight.headers).toMatchObject({
      'access-control-allow-origin': 'http://a.example',
      'access-control-allow-methods': 'GET, POST',
    });
  });

  it('shows statistics', async () => {
    const { json } = await world.ask('/stats', { token });
    expect(json).toMatchObject({ 'CherryPy Applications': { Enabled: true, 'Current Requests': 1 } });
  });
});
