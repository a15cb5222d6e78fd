import { spawnSync } from 'node:child_process';
import { chmodSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { brine, Daemon, eventually } from '../support/brine.ts';
import { temporaryFolder } from '../support/temp.ts';

const root = process.getuid?.() === 0;
/** Any user that is not the one of these processes; 65534 is `nobody` everywhere. */
const stranger = 65534;

describe('strangers', () => {
  const folder = temporaryFolder();
  const config = join(folder.path, 'brine.yaml');
  const flags = ['--config', config, '--data-dir', join(folder.path, 'd')];
  let up: Daemon;
  let ports: { port: number; enrolPort: number };

  beforeAll(async () => {
    writeFileSync(join(folder.path, 'rules.yaml'), 'rules: {}\n');
    writeFileSync(config, 'id: here\nport: 0\nenrol_port: 0\nreactors: rules.yaml\n');
    up = new Daemon(['up', '--json', ...flags]);
    await up.json((line) => line['ready'] === true);
    const status = await brine(['status', '--out', 'json', ...flags]);
    const { master } = JSON.parse(status.stdout) as { master: { endpoints: string[] } };
    const tcp = master.endpoints
      .filter((endpoint) => endpoint.startsWith('tcp:'))
      .map((endpoint) => Number(endpoint.split(':')[2]));
    ports = { port: tcp[0] ?? 0, enrolPort: tcp[1] ?? 0 };
  });

  afterAll(async () => {
    await up[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  /** Who answers, one JSON line a minion. */
  async function ping(): Promise<string[]> {
    const { stdout } = await brine(['cmd', '*', 'test.ping', '--out', 'json', ...flags]);
    return stdout.trim().split('\n').sort();
  }

  test('the sockets are 0600 in a folder that is 0700', () => {
    const run = join(folder.path, 'd', 'run');
    expect(statSync(run).mode & 0o777).toBe(0o700);
    for (const name of ['master.ipc', 'work.ipc', 'enrol.ipc', 'reactor.ipc'])
      expect(statSync(join(run, name)).mode & 0o777, name).toBe(0o600);
  });

  // Becoming another user takes root; where the gate runs, that is so.
  test.skipIf(!root && process.env['CI'] === undefined)('another system user cannot connect', () => {
    chmodSync(folder.path, 0o711);
    chmodSync(join(folder.path, 'd'), 0o711);
    const path = join(folder.path, 'd', 'run', 'master.ipc');
    const code = `require('net').connect(${JSON.stringify(path)}).on('error', (e) => console.log(e.code)).on('connect', () => { console.log('connected'); process.exit(); })`;
    const ran = spawnSync(process.execPath, ['-e', code], {
      uid: stranger,
      gid: stranger,
      encoding: 'utf8',
      cwd: '/',
    });
    expect(ran.stdout.trim()).toBe('EACCES');
    const owner = spawnSync(process.execPath, ['-e', code], { encoding: 'utf8', cwd: '/' });
    expect(owner.stdout.trim()).toBe('connected');
  });

  test('a minion that is not accepted waits, shows up as salt/auth, and works once it is accepted', async () => {
    const other = join(folder.path, 'other.yaml');
    writeFileSync(
      other,
      `id: stranger\nmaster: 127.0.0.1\nmaster_port: ${ports.port}\nmaster_enrol_port: ${ports.enrolPort}\nacceptance_wait: 1\n`,
    );
    await using minion = new Daemon(['minion', '--config', other, '--data-dir', join(folder.path, 'o')]);
    const auth = await up.json(
      (line) => line['tag'] === 'salt/auth' && (line['data'] as { id: string }).id === 'stranger',
    );
    expect(auth['data']).toMatchObject({ act: 'pend', result: true, id: 'stranger' });

    const keys = JSON.parse((await brine(['key', 'list', '--out', 'json', ...flags])).stdout) as Record<
      string,
      string[]
    >;
    expect(keys['minions_pre']).toEqual(['stranger']);
    expect(await ping()).toEqual(['{"here": true}']);
    expect(up.lines.filter((line) => line.includes('salt/minion/stranger/start'))).toEqual([]);

    expect((await brine(['key', 'accept', 'stranger', '-y', ...flags])).code).toBe(0);
    await up.line(/salt\/minion\/stranger\/start/);
    expect(await ping()).toEqual(['{"here": true}', '{"stranger": true}']);

    expect((await brine(['key', 'delete', 'stranger', '-y', ...flags])).code).toBe(0);
    await eventually(
      async () => ((await ping()).length === 1 ? true : undefined),
      'the deleted minion’s leave',
    );
    expect(minion.running).toBe(true);
  });
});
