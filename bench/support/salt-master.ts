import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const home = process.env['BRINE_SALT_HOME'] ?? join(homedir(), '.cache', 'brine-salt');
const driver = new URL('salt_events.py', import.meta.url).pathname;
const readyMsMax = 60_000;

function program(release: string, name: string): string {
  return join(home, release, 'bin', name);
}

/** Whether `.ci/salt-envs` has installed that release here. */
export function isInstalled(release: string): boolean {
  return existsSync(program(release, 'salt-master'));
}

/** A real salt-master with a reactor, in a process group of its own, on loopback. */
export class SaltMaster implements AsyncDisposable {
  readonly #release: string;
  readonly #dir: string;
  #child: ChildProcess | undefined;

  private constructor(release: string, dir: string) {
    this.#release = release;
    this.#dir = dir;
  }

  /** `folder` must have a short path: sockets lie in it. Resolves when the master takes events. */
  static async start(release: string, folder: string, reactor: unknown): Promise<SaltMaster> {
    const master = new SaltMaster(release, join(folder, 's'));
    await master.#configure(reactor);
    try {
      master.#spawn();
      await master.#ready();
    } catch (error) {
      await master[Symbol.asyncDispose]();
      throw error;
    }
    return master;
  }

  async #configure(reactor: unknown): Promise<void> {
    const dir = this.#dir;
    mkdirSync(dir, { recursive: true });
    const [publishPort, retPort] = await freePorts(2);
    const options = {
      interface: '127.0.0.1',
      publish_port: publishPort,
      ret_port: retPort,
      user: 'root',
      root_dir: dir,
      pki_dir: join(dir, 'pki'),
      cachedir: join(dir, 'cache'),
      sock_dir: join(dir, 's'),
      log_file: join(dir, 'log'),
      key_logfile: join(dir, 'keylog'),
      pidfile: join(dir, 'pid'),
      worker_threads: 3,
      reactor,
    };
    // JSON is YAML.
    writeFileSync(join(dir, 'master'), JSON.stringify(options));
  }

  #spawn(): void {
    this.#child = spawn(program(this.#release, 'salt-master'), ['-c', this.#dir], {
      detached: true,
      stdio: 'ignore',
      env: { ...process.env, PYTHONWARNINGS: 'ignore' },
    });
  }

  async #ready(): Promise<void> {
    const deadline = performance.now() + readyMsMax;
    while (!existsSync(join(this.#dir, 's', 'master_event_pull.ipc'))) {
      if (performance.now() > deadline) throw new Error(`salt-master ${this.#release} did not start`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    // Its reactor starts by itself, a little later.
    for (;;) {
      try {
        await this.#drive('latency', 1, 10_000);
        return;
      } catch (error) {
        if (performance.now() > deadline) throw error;
      }
    }
  }

  /** Answers a second, and how many events of them were never answered. */
  async reactionRate(count: number): Promise<{ rate: number; lost: number }> {
    return this.#drive<{ rate: number; lost: number }>('rate', count, 300_000);
  }

  async latencies(count: number): Promise<number[]> {
    return (await this.#drive<{ latencies: number[] }>('latency', count, 300_000)).latencies;
  }

  async #drive<T>(mode: string, count: number, timeout: number): Promise<T> {
    const args = [driver, this.#dir, mode, String(count)];
    const env = { ...process.env, PYTHONWARNINGS: 'ignore' };
    const { stdout } = await run(program(this.#release, 'python'), args, { timeout, env });
    return JSON.parse(stdout) as T;
  }

  /** Memory of all its processes in MiB, what they share counted once. */
  memoryMiB(): number {
    return groupMemoryMiB(this.#child?.pid ?? -1);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const child = this.#child;
    if (child?.pid === undefined) return;
    const ended = new Promise((resolve) => {
      if (child.exitCode !== null || child.signalCode !== null) resolve(undefined);
      else child.once('exit', resolve);
    });
    endGroup(child.pid);
    await ended;
  }
}

function endGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

function groupMemoryMiB(group: number): number {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.reduce((sum, pid) => sum + (groupOf(pid) === group ? sharedMemoryMiB(Number(pid)) : 0), 0);
}

function groupOf(pid: string): number {
  try {
    // The name of the program may hold blanks; what follows it does not.
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[2]);
  } catch {
    return -1;
  }
}

/** Memory of a process in MiB, its part of what it shares with others included; NaN where the system does not tell. */
export function sharedMemoryMiB(pid: number): number {
  try {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    return Number(/^Pss:\s*(\d+) kB$/m.exec(text)?.[1] ?? Number.NaN) / 1024;
  } catch {
    return Number.NaN;
  }
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<Server>((resolve, reject) => {
          const server = createServer();
          server.once('error', reject);
          server.listen(0, '127.0.0.1', () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
