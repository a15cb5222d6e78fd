import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Arguments } from '../../../src/minion/modules/arguments.ts';
import { serviceModule } from '../../../src/minion/modules/service.ts';
import type { Call } from '../../../src/minion/modules/types.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { Bench, clock } from './support.ts';

describe('file', () => {
  it('touches, writes, appends, reads and removes', async () => {
    using folder = temporaryFolder();
    await using bench = new Bench(folder.path);
    const path = join(folder.path, 'a file');
    const value = async (fun: string, ...arg: string[]) => (await bench.run(fun, arg)).return;

    expect(await value('file.file_exists', path)).toBe(false);
    expect(await value('file.touch', path)).toBe(true);
    expect(await value('file.file_exists', path)).toBe(true);
    expect(await value('file.directory_exists', folder.path)).toBe(true);
    expect(await value('file.directory_exists', path)).toBe(false);
    expect(await value('file.write', path, 'one', 'two')).toBe(`Wrote 2 lines to "${path}"`);
    expect(await value('file.append', path, 'three')).toBe(`Wrote 1 lines to "${path}"`);
    expect(await value('file.read', path)).toBe('one\ntwo\nthree\n');
    writeFileSync(path, 'no end');
    await value('file.append', path, 'next');
    expect(readFileSync(path, 'utf8')).toBe('no end\nnext\n');
    expect((await bench.run('file.write', [path], { args: ['x', 'y'] })).return).toMatch(/^Wrote 2/);
    expect((await bench.run('file.read', [path], { binary: true })).return).toEqual(
      new Uint8Array(Buffer.from('x\ny\n')),
    );
    expect(await value('file.remove', path)).toBe(true);
    expect(await value('file.remove', path)).toBe(false);
  });

  it('sets times', async () => {
    using folder = temporaryFolder();
    await using bench = new Bench(folder.path);
    const path = join(folder.path, 'f');
    await bench.run('file.touch', [path], { mtime: 1_000_000 });
    expect(statSync(path).mtimeMs).toBe(1_000_000_000);
  });

  it('says what it cannot do', async () => {
    using folder = temporaryFolder();
    await using bench = new Bench(folder.path);
    const text = async (fun: string, ...arg: string[]) => {
      const result = await bench.run(fun, arg);
      expect(result.retcode).toBe(1);
      return result.return;
    };
    expect(await text('file.touch', 'relative')).toMatch(/must be absolute/);
    expect(await text('file.touch', join(folder.path, 'no', 'such'))).toMatch(/^ERROR: .*ENOENT/);
    expect(await text('file.read', folder.path)).toMatch(/^ERROR: .*EISDIR/);
    expect(await text('file.remove', '/')).toMatch(/is not removed/);
    expect(await text('file.remove', '/tmp/../')).toMatch(/is not removed/);
    const large = join(folder.path, 'large');
    writeFileSync(large, Buffer.alloc(600 * 1024));
    expect(await text('file.read', large)).toMatch(/has 614400 bytes/);
  });
});

describe('service', () => {
  const callOf = (): Call =>
    ({ clock, signal: new AbortController().signal, setProcess: () => undefined }) as unknown as Call;
  const named = (name: string): Arguments =>
    new Arguments({ named: new Map([['name', name]]), rest: [], extra: new Map() });

  /** A systemctl that knows one running service, and writes down how it was called. */
  function fakeSystemctl(folder: string): { systemctl: string; marker: string; calls(): string[] } {
    const log = join(folder, 'calls');
    const systemctl = join(folder, 'systemctl');
    writeFileSync(
      systemctl,
      `#!/bin/sh
echo "$@" >> ${log}
for last; do :; done
case "$last" in nginx.service) echo LoadState=loaded; exit 0;; *) echo "Unit $last not found." >&2; exit 5;; esac
`,
    );
    chmodSync(systemctl, 0o755);
    mkdirSync(join(folder, 'marker'));
    const calls = (): string[] => readFileSync(log, 'utf8').trim().split('\n');
    return { systemctl, marker: join(folder, 'marker'), calls };
  }

  it('asks and orders systemd, never with a shell', async () => {
    using folder = temporaryFolder();
    const fake = fakeSystemctl(folder.path);
    const service = serviceModule(fake);
    const run = (fun: string, name: string) => service[fun]?.run(named(name), callOf());
    expect(await run('status', 'nginx')).toBe(true);
    expect(await run('status', 'other')).toBe(false);
    expect(await run('enabled', 'nginx.service')).toBe(true);
    expect(await run('available', 'nginx')).toBe(true);
    expect(await run('available', 'other')).toBe(false);
    expect(await run('restart', 'nginx')).toBe(true);
    await expect(run('start', 'other')).rejects.toThrow('Unit other.service not found.');
    for (const bad of ['-H evil', '--help', 'a b', 'a;b', '$(x)', '../x', '', 'a\nb']) {
      await expect(async () => run('stop', bad)).rejects.toThrow(/is not a service name/);
    }
    expect(fake.calls()).toEqual([
      '--no-pager is-active nginx.service',
      '--no-pager is-active other.service',
      '--no-pager is-enabled nginx.service',
      '--no-pager --property=LoadState show nginx.service',
      '--no-pager --property=LoadState show other.service',
      '--no-pager restart nginx.service',
      '--no-pager start other.service',
    ]);
  });

  it('says so where systemd does not manage the host', async () => {
    const service = serviceModule({ systemctl: 'systemctl', marker: '/no/such/marker' });
    await expect(service['status']?.run(named('nginx'), callOf())).rejects.toThrow(/systemd does not manage/);
  });
});

describe('the host', () => {
  it('tells disks, load and how long it is up', async () => {
    using folder = temporaryFolder();
    await using bench = new Bench(folder.path);
    const disks = (await bench.run('disk.usage')).return as Map<string, Map<string, string>>;
    const root = disks.get('/');
    expect([...(root?.keys() ?? [])]).toEqual(['filesystem', '1K-blocks', 'used', 'available', 'capacity']);
    expect(root?.get('capacity')).toMatch(/^\d+%$/);
    const load = (await bench.run('status.loadavg')).return as Map<string, unknown>;
    expect([...load.keys()]).toEqual(['1-min', '5-min', '15-min']);
    expect(((await bench.run('status.uptime')).return as Map<string, number>).get('seconds')).toBeGreaterThan(
      0,
    );
  });
});
