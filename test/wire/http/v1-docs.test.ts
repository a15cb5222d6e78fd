import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addUser, openUserFile } from '../../../src/http/index.ts';
import { OwnApi } from './own-api.ts';
import { examplesIn, pattern } from './page-examples.ts';
import { everything } from './support.ts';

const whole = readFileSync(join(import.meta.dirname, '../../../docs/http-api.md'), 'utf8');
const [page = ''] = /^## Brine's own API[\s\S]*?(?=^## )/m.exec(whole) ?? [];

const examples = examplesIn(page);

describe('the examples of the own API', () => {
  let own: OwnApi;
  let env: Record<string, string>;

  beforeAll(async () => {
    own = await OwnApi.open("rules: {restart: {on: 'deploy/*', do: [{runner.test.fail: {args: {}}}]}}\n");
    const { world } = own;
    await addUser(openUserFile(world.settings.dataDir), 'alice', 'secret', everything, Date.now());
    const json = { username: 'alice', password: 'secret', eauth: 'pam' };
    const token = String((await world.ask('/login', { json })).headers['x-auth-token']);
    const ids = await own.publish(token, [{ tag: 'deploy/web' }, { tag: 'deploy/db' }]);
    await own.traces.until(() => own.traces.of('reaction.dead').length === 2);
    env = {
      PATH: process.env['PATH'] ?? '',
      URL: world.url,
      TOKEN: token,
      REACTION: `${ids[0]}.0`,
      OTHER: `${ids[1]}.0`,
    };
  });
  afterAll(() => own[Symbol.asyncDispose]());

  it('are there for every route', () => {
    const commands = examples.map(({ command }) => command);
    for (const [path, methods] of Object.entries(own.document.paths))
      for (const method of Object.keys(methods)) {
        const url = new RegExp(`\\$URL${path.replace('{id}', '\\$[A-Z]+')}(?![/\\w])`);
        const flag =
          method === 'delete' ? /-X DELETE/ : method === 'post' ? /-X POST|-d / : /^(?!.*(-X|-d ))/;
        const isThere = commands.some((command) => url.test(command) && flag.test(command));
        expect([method, path, isThere]).toEqual([method, path, true]);
      }
  });

  it.each(examples)('$command', async ({ command, output }) => {
    const { stdout } = await promisify(execFile)('sh', ['-c', command], { env });
    expect(stdout).toMatch(pattern(output));
  });
});
