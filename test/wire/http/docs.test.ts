import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addUser, openUserFile } from '../../../src/http/index.ts';
import { examplesIn, pattern } from './page-examples.ts';
import { everything, World } from './support.ts';

const whole = readFileSync(join(import.meta.dirname, '../../../docs/http-api.md'), 'utf8');
/** Brine's own API needs a reactor; its part has a test of its own. */
const page = whole.replace(/^## Brine's own API[\s\S]*?(?=^## )/m, '');

/** The hook that the page's examples call, as the page configures it. */
const hooks = {
  nightly: {
    tag: 'build/{{ body.job }}',
    check: { kind: 'header', header: 'X-Nightly', secret: 'swordfish' },
    delivery: '{{ body.run }}',
    data: { run: '{{ body.run }}' },
  },
} as const;

const examples = examplesIn(page);

describe('the examples of docs/http-api.md', () => {
  let world: World;
  let env: Record<string, string>;

  beforeAll(async () => {
    world = await World.open({ hooks });
    await addUser(openUserFile(world.settings.dataDir), 'alice', 'secret', everything, Date.now());
    const login = async (): Promise<string> => {
      const json = { username: 'alice', password: 'secret', eauth: 'pam' };
      return String((await world.ask('/login', { json })).headers['x-auth-token']);
    };
    env = { PATH: process.env['PATH'] ?? '', URL: world.url, TOKEN: await login(), LOGIN: await login() };
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it('are there for every route', () => {
    const routes = [
      '/',
      '/login',
      '/logout',
      '/run',
      '/token',
      '/minions',
      '/jobs',
      '/keys',
      '/hook',
      '/events',
      '/stats',
    ];
    for (const route of routes) {
      const test = new RegExp(`\\$URL${route}(?![a-z])`);
      expect([route, examples.some(({ command }) => test.test(command))]).toEqual([route, true]);
    }
  });

  it.each(examples)('$command', async ({ command, output }) => {
    const { stdout } = await promisify(execFile)('sh', ['-c', command], { env });
    expect(stdout).toMatch(pattern(output));
  });
});
