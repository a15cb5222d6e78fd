import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readSaltMaster, type SaltMaster } from '../../../src/salt/index.ts';
import { temporaryFolder } from '../../support/temp.ts';

function read(files: Record<string, string>): SaltMaster {
  using folder = temporaryFolder();
  mkdirSync(join(folder.path, 'master.d'));
  mkdirSync(join(folder.path, 'more'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder.path, name), text);
  return readSaltMaster(join(folder.path, 'master'));
}

describe("a Salt master's configuration", () => {
  test('that says nothing means what Salt means by it', () => {
    expect(read({ master: '# nothing\n' })).toMatchObject({
      user: 'root',
      sockDir: '/var/run/salt/master',
      cacheDir: '/var/cache/salt/master',
      sockets: { pub: '/var/run/salt/master/master_event_pub.ipc' },
      endpoint: 'tcp://127.0.0.1:4506',
      fileRoots: { base: ['/srv/salt'] },
      nodegroups: {},
      reactorThreads: 10,
      keepsJobs: true,
    });
  });

  test('is read as YAML, with addresses and groups in all their forms', () => {
    const salt = read({
      master: [
        'user: salt',
        'interface: 10.0.0.5',
        'ret_port: 14506',
        'id: boss',
        'reactor_worker_threads: 4',
        'nodegroups: {web: L@a and G@os:Debian, db: [a, b]}',
        'file_roots: {base: [/srv/a, /srv/b], dev: [/srv/dev]}',
        'ext_job_cache: redis',
      ].join('\n'),
    });
    expect(salt).toMatchObject({
      user: 'salt',
      endpoint: 'tcp://10.0.0.5:14506',
      id: 'boss',
      reactorThreads: 4,
      nodegroups: { web: 'L@a and G@os:Debian', db: ['a', 'b'] },
      fileRoots: { base: ['/srv/a', '/srv/b'], dev: ['/srv/dev'] },
      keepsJobs: false,
    });
    expect(read({ master: "interface: '::'" }).endpoint).toBe('tcp://[::1]:4506');
    expect(read({ master: 'interface: fe80::1' }).endpoint).toBe('tcp://[fe80::1]:4506');
  });

  test('takes what included files say together instead of what it says itself', () => {
    const salt = read({
      master: 'user: one\nret_port: 1\nnodegroups: {a: x}\ninclude: more/*.conf\n',
      'master.d/10.conf': 'user: two\nnodegroups: {b: y}\n',
      'master.d/20.conf': 'nodegroups: {c: z}\n',
      'master.d/ignored.txt': 'user: nobody\n',
      'more/1.conf': 'ret_port: 2\ninclude: deep.inc\n',
      'more/deep.inc': 'timeout: 7\n',
    });
    expect(salt).toMatchObject({
      user: 'two',
      nodegroups: { b: 'y', c: 'z' },
      endpoint: 'tcp://127.0.0.1:2',
      timeoutS: 7,
    });
    const joined = read({
      master: 'reactor: [{a: [x]}]\n',
      'master.d/1.conf': 'reactor: [{b: [y]}]\n',
      'master.d/2.conf': 'reactor: [{b: [y]}, {c: [z]}]\n',
    });
    expect(joined.options.get('reactor')).toHaveLength(3);
  });

  test('puts paths below root_dir, and a long sock_dir into the cache folder', () => {
    expect(read({ master: 'root_dir: /opt/s\nsock_dir: /run/m\ncachedir: /opt/s/cache\n' })).toMatchObject({
      sockDir: '/opt/s/run/m',
      cacheDir: '/opt/s/cache',
    });
    expect(read({ master: 'sock_dir: /a/folder/that/is/long\ncachedir: /c\n' }).sockDir).toBe(
      '/c/.salt-unix',
    );
  });

  test('that Brine cannot work with is refused with its reason', () => {
    const refused = (text: string) => () => read({ master: text });
    expect(refused('a: [')).toThrow(expect.objectContaining({ code: 'BAD_CONFIG' }));
    expect(refused('- a')).toThrow(/it is not a map/);
    expect(refused('transport: tcp')).toThrow(/transport: tcp/);
    expect(refused('ipc_mode: tcp')).toThrow(/ipc_mode/);
    expect(() => readSaltMaster('/nowhere/master')).toThrow(/cannot be read/);
  });
});
