import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Release } from './salt.ts';

const home = process.env['BRINE_SALT_HOME'] ?? join(homedir(), '.cache', 'brine-salt');
const readyMs = 90_000;

/** A real master, minion `m1` and salt-api of one release, each in a process group of its own. */
export class RealSaltApi implements AsyncDisposable {
  readonly port: number;
  readonly #folder: string;
  readonly #processes: ChildProcess[] = [];

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.port = port;
  }

  static async start(release: Release): Promise<RealSaltApi> {
    // A short path: addresses of unix sockets end at 107 bytes.
    const folder = mkdtempSync(join(tmpdir(), 'bsa-'));
    const [publish = 0, ret = 0, port = 0] = await freePorts(3);
    const salt = new RealSaltApi(folder, port);
    try {
      salt.#configure(publish, ret);
      for (const [name, config] of [
        ['salt-master', folder],
        ['salt-minion', join(folder, 'm')],
        ['salt-api', folder],
      ] as const)
        salt.#spawn(join(home, release, 'bin', name), config);
      await salt.#ready();
      return salt;
    } catch (error) {
      await salt[Symbol.asyncDispose]();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { pid } of this.#processes.toReversed()) {
      if (pid === undefined) continue;
      try {
        // Its whole group: a master is a dozen processes.
        process.kill(-pid, 'SIGKILL');
      } catch {
        // It is gone already.
      }
    }
    // Its children write until the last moment.
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }

  #configure(publish: number, ret: number): void {
    const folder = this.#folder;
    const common = (place: string): Record<string, unknown> => ({
      user: process.env['USER'] ?? 'root',
      root_dir: place,
      pki_dir: join(place, 'pki'),
      cachedir: join(place, 'cache'),
      sock_dir: join(place, 's'),
      log_file: join(place, 'log'),
      pidfile: join(place, 'pid'),
      publish_port: publish,
    });
    const clients = [
      'local',
      'local_async',
      'local_batch',
      'local_subset',
      'runner',
      'runner_async',
      'wheel',
      'wheel_async',
    ];
    const minion = join(folder, 'm');
    mkdirSync(minion);
    writeFileSync(
      join(folder, 'master'),
      JSON.stringify({
        ...common(folder),
        interface: '127.0.0.1',
        ret_port: ret,
        key_logfile: join(folder, 'keylog'),
        api_pidfile: join(folder, 'api.pid'),
        api_logfile: join(folder, 'apilog'),
        worker_threads: 3,
        auto_accept: true,
        timeout: 3,
        external_auth: {
          auto: {
            tester: ['.*', '@runner', '@wheel', '@jobs'],
            limited: ['test.*', { 'm1*': ['grains.items'] }, '@jobs', { '@runner': ['manage.up'] }],
          },
        },
        netapi_enable_clients: clients,
        rest_cherrypy: { port: this.port, host: '127.0.0.1', disable_ssl: true },
      }),
    );
    writeFileSync(
      join(minion, 'minion'),
      JSON.stringify({ ...common(minion), master: '127.0.0.1', master_port: ret, id: 'm1' }),
    );
  }

  #spawn(program: string, config: string): void {
    this.#processes.push(spawn(program, ['-c', config], { detached: true, stdio: 'ignore' }));
  }

  async #ready(): Promise<void> {
    const endMs = Date.now() + readyMs;
    const chunk = {
      client: 'local',
      tgt: '*',
      fun: 'test.ping',
      username: 'tester',
      password: 'x',
      eauth: 'auto',
    };
    for (;;) {
      const answer = await fetch(`http://127.0.0.1:${this.port}/run`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify([chunk]),
      }).then(
        (response) => response.text(),
        () => '',
      );
      if (answer === '{"return": [{"m1": true}]}') return;
      if (Date.now() > endMs) throw new Error(`the real salt-api did not get ready: ${answer}`);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve) =>
          server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
        ),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
