import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../support/temp.ts';
import { Cli } from './harness.ts';

describe('the API on the command line', () => {
  it('adds, lists and removes users and tokens, and serves them', async () => {
    using folder = temporaryFolder();
    const config = join(folder.path, 'brine.yaml');
    const password = join(folder.path, 'password');
    writeFileSync(config, 'id: m1\nport: 0\nenrol_port: 0\napi: {port: 0}\n');
    writeFileSync(password, 'secret\n');
    const env = { BRINE_CONFIG: config, BRINE_DATA_DIR: join(folder.path, 'd') };
    const run = async (...argv: string[]): Promise<{ code: number; out: string; err: string }> => {
      const cli = new Cli(argv, { env });
      const code = await cli.done;
      return { code, out: cli.stdout, err: cli.stderr };
    };
    const add = ['user', 'add', 'alice', '--perm', 'test\\..*', '--perm', '{m1*: [grains.items]}'];
    expect(await run(...add, '--read', 'salt/job/*', '--password-file', password)).toMatchObject({
      code: 0,
      out: 'The user alice is added.\n',
    });
    expect(await run(...add, '--password-file', password)).toMatchObject({ code: 2 });
    expect((await run('user', 'add', 'bob')).err).toContain('give --password-file FILE');
    expect(JSON.parse((await run('user', 'list', '--out', 'json')).out)).toMatchObject({
      alice: { perms: ['test\\..*', { 'm1*': ['grains.items'] }], read: ['salt/job/*'], emit: ['*'] },
    });
    const { out: token } = await run('token', 'add', 'ci', '--read', '*', '--expires', '1h');
    expect(token).toMatch(/^[0-9a-f]{64}\n$/);
    expect((await run('token', 'add', 'idle')).err).toContain('Give the token something to do');
    expect((await run('token', 'add', 'x', '--read', '*', '--expires', 'soon')).code).toBe(2);

    const api = new Cli(['api', '--json'], { env });
    const [, url = ''] = /"api":"([^"]+)"/.exec(await api.printed(/"api":"[^"]+"/)) ?? [];
    const get = async (path: string): Promise<number> =>
      (await fetch(`${url}${path}`, { headers: { 'x-auth-token': token.trim() } })).status;
    expect(await get('/stats')).toBe(200);
    const body = new URLSearchParams({ username: 'alice', password: 'secret', eauth: 'pam' });
    expect((await fetch(`${url}/login`, { method: 'POST', body })).status).toBe(200);
    expect(await run('token', 'revoke', 'ci')).toMatchObject({ code: 0 });
    expect(await get('/stats')).toBe(401);
    expect(await run('user', 'remove', 'alice')).toMatchObject({ code: 0 });
    expect((await fetch(`${url}/login`, { method: 'POST', body })).status).toBe(401);
    expect(await run('user', 'remove', 'alice')).toMatchObject({ code: 2 });
    api.signal('SIGTERM');
    expect(await api.done).toBe(0);
  });

  it('asks for a password twice', async () => {
    using folder = temporaryFolder();
    const env = { BRINE_DATA_DIR: folder.path };
    const cli = new Cli(['user', 'add', 'alice', '--admin'], { env, answer: 'secret' });
    expect(await cli.done).toBe(0);
    expect(cli.stderr).toBe('Password: Again: ');
  });
});
