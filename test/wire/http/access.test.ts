import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectMaster } from '../../../src/client/index.ts';
import { mapOf } from '../../../src/core/index.ts';
import {
  changePassword,
  openTokenFile,
  openUserFile,
  removeUser,
  revokeToken,
} from '../../../src/http/index.ts';
import { systemClock } from '../../../src/system/index.ts';
import { EventReader } from './event-reader.ts';
import { World } from './support.ts';

describe('who may read what', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.open({}, { minion: false });
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it('shows a token no tag that it may not read, whatever it wishes for', async () => {
    const token = await world.token('jobs', { read: ['salt/job/*'] });
    const tags = [
      'salt/job/1/new',
      'salt/job/1/ret/m1',
      'salt/jobs/1',
      'salt/auth',
      'x/salt/job/1',
      'salt/job',
      'SALT/JOB/1',
      'salt/job/',
    ];
    await using master = await connectMaster({ sockDir: world.settings.sockDir, clock: systemClock });
    const { nextSeq } = await master.bus.info();
    const events = tags.flatMap((tag) => [1, 2].map((n) => ({ tag, data: mapOf({ n }) })));
    await master.bus.publish(events);
    // By this event a reader with full rights would be done; the token's readers see it as their last one.
    await master.bus.publish([{ tag: 'salt/job/end', data: new Map() }]);
    const wish = fc.constantFrom(
      '',
      'salt',
      '*',
      '?alt*',
      'x/',
      'salt/job/*',
      '[!x]*',
      'salt/auth',
      '*end',
      's',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(wish, { maxLength: 3 }), fc.boolean(), async (wishes, isBehind) => {
        const query = [...wishes.filter((one) => one !== ''), 'salt/job/end'].map(
          (one) => `tag=${encodeURIComponent(one)}`,
        );
        if (isBehind) {
          await world.stopApi();
          await world.startApi();
        }
        const reader = new EventReader({
          port: world.port,
          token,
          query: wishes.length === 0 ? '' : `?${query.join('&')}`,
          lastEventId: nextSeq - 1,
        });
        await reader.until((seen) => seen.some(({ tag }) => tag === 'salt/job/end'));
        reader.kill();
        for (const { tag } of reader.events) expect(tag.startsWith('salt/job/')).toBe(true);
      }),
      { numRuns: 12 },
    );
  });

  it('sends a token without `read` nothing at all', async () => {
    const token = await world.token('blind', { emit: ['*'] });
    const reader = new EventReader({ port: world.port, token });
    await reader.open;
    const seer = new EventReader({ port: world.port, token: await world.login() });
    await seer.open;
    expect((await world.ask('/hook/seen', { token, json: {} })).status).toBe(200);
    await seer.until((seen) => seen.some(({ tag }) => tag === 'salt/netapi/hook/seen'));
    expect(reader.events).toEqual([]);
    reader.kill();
    seer.kill();
  });
});

describe('who may send what', () => {
  let world: World;
  let seer: EventReader;
  beforeAll(async () => {
    world = await World.open();
    seer = new EventReader({ port: world.port, token: await world.login() });
    await seer.open;
  });
  afterAll(async () => {
    seer.kill();
    await world[Symbol.asyncDispose]();
  });

  it('lets a token send its tags only, by every way', async () => {
    const token = await world.token('deploy', {
      emit: ['deploy/*', 'salt/netapi/hook/deploy/*'],
      perms: ['event.*', '@runner'],
    });
    const status = async (chunk: object): Promise<number> =>
      (await world.ask('/', { token, json: [chunk] })).status;
    const ways = (tag: string): object[] => [
      { client: 'runner', fun: 'event.send', tag },
      { client: 'runner', fun: 'event.send', arg: [tag] },
      { client: 'runner', fun: 'event.send', kwarg: { tag } },
      { client: 'runner_async', fun: 'event.send', tag },
      { client: 'runner_async', fun: 'event.send', arg: [tag, { a: 1 }] },
      { client: 'local', tgt: '*', fun: 'event.send', arg: [tag] },
      { client: 'local', tgt: '*', fun: 'event.send', kwarg: { tag } },
      { client: 'local_async', tgt: '*', fun: 'event.fire_master', arg: [{}, tag] },
      { client: 'local', tgt: '*', fun: ['event.send'], arg: [[tag]] },
    ];
    for (const way of ways('deploy/web')) expect([way, await status(way)]).toEqual([way, 200]);
    // A place that looks right beside a keyword in disguise.
    const disguised: object[] = [
      { client: 'local', tgt: '*', fun: 'event.fire_master', arg: ['tag=other/web', 'deploy/web'] },
      { client: 'local', tgt: '*', fun: 'event.fire_master', arg: ['tag="other/web"', {}, 'deploy/web'] },
      { client: 'local', tgt: '*', fun: 'event.send', arg: [{ __kwarg__: true, tag: 'other/web' }] },
      {
        client: 'local',
        tgt: '*',
        fun: 'event.send',
        arg: ['deploy/web', { __kwarg__: true, tag: 'other/web' }],
      },
      { client: 'runner', fun: 'event.send', arg: ['deploy/web'], kwarg: { tag: 'other/web' } },
      { client: 'local', tgt: '*', fun: 'event.send', kwarg: { tag: ['other/web'] } },
      { client: 'local', tgt: '*', fun: 'event.send' },
    ];
    for (const way of disguised) expect([way, await status(way)]).toEqual([way, 401]);
    for (const way of ways('other/web')) expect([way, await status(way)]).toEqual([way, 401]);
    expect((await world.ask('/hook/deploy/web', { token, json: {} })).status).toBe(200);
    expect((await world.ask('/hook/other', { token, json: {} })).status).toBe(401);
    await seer.until((seen) => seen.filter(({ tag }) => tag === 'deploy/web').length >= 8);
    expect(seer.events.filter(({ tag }) => tag.includes('other'))).toEqual([]);
  });

  it('writes who sent an event from the credential and never from the body', async () => {
    const token = await world.token('teller', { emit: ['*'], perms: ['test.*', '@runner'] });
    await using master = await connectMaster({ sockDir: world.settings.sockDir, clock: systemClock });
    const { nextSeq } = await master.bus.info();
    const forged = { user: 'root', source: 'local', head: { source: 'local' }, __user__: 'root' };
    await world.ask('/hook/told', { token, json: forged });
    await world.ask('/', {
      token,
      json: [{ client: 'runner', fun: 'event.send', tag: 'told/runner', ...forged }],
    });
    await world.ask('/', { token, json: [{ client: 'local', tgt: '*', fun: 'test.ping', ...forged }] });
    const wanted = [
      /^salt\/netapi\/hook\/told$/,
      /^told\/runner$/,
      /^salt\/run\/\d+\/new$/,
      /^salt\/job\/\d+\/new$/,
    ];
    const found = new Map<string, unknown>();
    for await (const message of master.bus.subscribe({ from: nextSeq, prefixes: [], name: 'test' })) {
      if (message.kind !== 'events') continue;
      message.batch.tags.forEach((tag, i) => {
        const pattern = wanted.find((one) => one.test(tag));
        if (pattern !== undefined) found.set(pattern.source, message.batch.heads?.[i]?.source);
      });
      if (found.size === wanted.length) break;
    }
    expect([...found.values()]).toEqual(wanted.map(() => 'api:token:teller@127.0.0.1'));
  });
});

describe('credentials', () => {
  it('end with the password, the user and the token; logins survive a restart', async () => {
    await using world = await World.open({}, { minion: false });
    await world.user('alice', { perms: [], read: ['*'], emit: [] });
    const users = openUserFile(world.settings.dataDir);
    const status = async (token: string): Promise<number> => (await world.ask('/stats', { token })).status;
    const alice = await world.login('alice');
    await world.stopApi();
    await world.startApi();
    expect(await status(alice)).toBe(200);
    await changePassword(users, 'alice', 'new', Date.now());
    expect(await status(alice)).toBe(401);
    const json = { username: 'alice', password: 'new', eauth: 'pam' };
    const again = String((await world.ask('/login', { json })).headers['x-auth-token']);
    expect(await status(again)).toBe(200);
    await removeUser(users, 'alice');
    await world.user('alice', { perms: [], read: [], emit: [] });
    expect(await status(again)).toBe(401);
    const token = await world.token('ci', { read: ['*'] });
    expect(await status(token)).toBe(200);
    await revokeToken(openTokenFile(world.settings.dataDir), 'ci');
    expect(await status(token)).toBe(401);
    expect(await status(await world.token('old', { read: ['*'] }, Date.now() - 1))).toBe(401);
  });

  it('are kept from others and as hashes only', async () => {
    await using world = await World.open({}, { minion: false });
    const token = await world.token('ci', { read: ['*'] });
    const login = await world.login();
    const { statSync, readdirSync, readFileSync } = await import('node:fs');
    const folder = `${world.settings.dataDir}/api`;
    expect(statSync(folder).mode & 0o077).toBe(0);
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      const path = `${folder}/${name}`;
      if (!statSync(path).isFile()) continue;
      const content = readFileSync(path, 'latin1');
      for (const secret of [token, login, 'tester-secret']) expect(content.includes(secret)).toBe(false);
      if (name.endsWith('.json')) expect(statSync(path).mode & 0o077).toBe(0);
    }
  });

  it('may log in many at once, and guesses at once are no way around the lock', async () => {
    await using world = await World.open({}, { minion: false });
    const all = async (password: string): Promise<number[]> =>
      Promise.all(
        Array.from({ length: 20 }, async () => {
          const json = { username: 'tester', password, eauth: 'pam' };
          return (await world.ask('/login', { json })).status;
        }),
      );
    expect(new Set(await all('tester-secret'))).toEqual(new Set([200]));
    const guesses = await all('wrong');
    expect(guesses.filter((status) => status === 401).length).toBeLessThan(8);
    expect(guesses.filter((status) => status === 429).length).toBeGreaterThan(12);
  });

  it('are guessed slowly', async () => {
    await using world = await World.open({}, { minion: false });
    const guess = (password: string): ReturnType<World['ask']> =>
      world.ask('/login', { json: { username: 'tester', password, eauth: 'pam' } });
    for (let i = 0; i < 5; i += 1) expect((await guess(`wrong${i}`)).status).toBe(401);
    const locked = await guess('tester-secret');
    expect(locked.status).toBe(429);
    expect(Number(locked.headers['retry-after'])).toBeGreaterThan(0);
    expect(locked.text).toContain('Too many failed logins; try again in');
    const viaRun = await world.ask('/run', {
      json: [
        { username: 'tester', password: 'tester-secret', eauth: 'pam', client: 'runner', fun: 'manage.up' },
      ],
    });
    expect(viaRun.status).toBe(429);
  });

  it('are not taken by a server that nobody may log in to from outside', async () => {
    const world = new World({ host: '0.0.0.0' });
    await world.user('tester', { perms: [], read: [], emit: [] });
    await expect(world.startApi()).rejects.toMatchObject({ code: 'BAD_CONFIG' });
    await world[Symbol.asyncDispose]();
  });
});
