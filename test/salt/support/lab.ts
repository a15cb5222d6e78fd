import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from '../../support/brine.ts';
import { SaltDaemon } from './daemon.ts';
import { program, type Release } from './releases.ts';

const run = promisify(execFile);

export interface LabOptions {
  /** More options of the master's configuration; JSON is YAML. */
  readonly master?: Record<string, unknown>;
  /** SLS files in `srv/`, by name. */
  readonly files?: Record<string, string>;
}

/** A real Salt master with one real minion, in a folder of their own, on loopback. */
export class SaltLab implements AsyncDisposable {
  readonly release: Release;
  readonly dir: string;
  readonly minionId = 'web1';
  /** The options of the master's configuration file. */
  options: Readonly<Record<string, unknown>> = {};
  /** Those of the minion's. */
  minionOptions: Readonly<Record<string, unknown>> = {};
  readonly #options: LabOptions;
  #master: SaltDaemon | undefined;
  #minion: SaltDaemon | undefined;

  private constructor(release: Release, options: LabOptions) {
    this.release = release;
    this.#options = options;
    // Unix sockets have short addresses.
    this.dir = mkdtempSync(join(tmpdir(), `brine-test-${process.pid}-`));
  }

  /** Resolves when the minion answers. */
  static async start(release: Release, options: LabOptions = {}): Promise<SaltLab> {
    const lab = new SaltLab(release, options);
    try {
      await lab.#configure();
      lab.startMaster();
      lab.#minion = new SaltDaemon(program(release, 'salt-minion'), ['-c', lab.minionDir]);
      await lab.ready();
    } catch (error) {
      await lab[Symbol.asyncDispose]();
      throw error;
    }
    return lab;
  }

  get masterDir(): string {
    return join(this.dir, 'm');
  }

  get minionDir(): string {
    return join(this.dir, 'n');
  }

  get masterConfig(): string {
    return join(this.masterDir, 'master');
  }

  get sockDir(): string {
    return join(this.masterDir, 's');
  }

  get cacheDir(): string {
    return join(this.masterDir, 'cache');
  }

  path(...parts: string[]): string {
    return join(this.dir, ...parts);
  }

  async #configure(): Promise<void> {
    const [publishPort, retPort] = await freePorts(2);
    for (const dir of [this.masterDir, this.minionDir, this.path('srv')]) mkdirSync(dir, { recursive: true });
    for (const [name, text] of Object.entries(this.#options.files ?? {}))
      writeFileSync(this.path('srv', name), text);
    const own = (dir: string): Record<string, string> => ({
      user: 'root',
      root_dir: dir,
      pki_dir: join(dir, 'pki'),
      cachedir: join(dir, 'cache'),
      sock_dir: join(dir, 's'),
      log_file: join(dir, 'log'),
      pidfile: join(dir, 'pid'),
    });
    const master = {
      ...own(this.masterDir),
      interface: '127.0.0.1',
      publish_port: publishPort,
      ret_port: retPort,
      key_logfile: join(this.masterDir, 'keylog'),
      worker_threads: 3,
      auto_accept: true,
      timeout: 5,
      file_roots: { base: [this.path('srv')] },
      ...this.#options.master,
    };
    const minion = {
      ...own(this.minionDir),
      id: this.minionId,
      master: '127.0.0.1',
      master_port: retPort,
      publish_port: publishPort,
      acceptance_wait_time: 1,
      recon_default: 200,
      recon_max: 1000,
      // The grains of the machine take seconds to find out and mean nothing here.
      disable_grains: ['core.cpu', 'disks', 'fibre_channel', 'iscsi', 'nvme'],
    };
    this.options = master;
    this.minionOptions = minion;
    writeFileSync(this.masterConfig, JSON.stringify(master));
    writeFileSync(join(this.minionDir, 'minion'), JSON.stringify(minion));
  }

  /** Of another release when one is given: the master is upgraded, in the same folder. */
  startMaster(release: Release = this.release): void {
    this.#master = new SaltDaemon(program(release, 'salt-master'), ['-c', this.masterDir]);
  }

  /** Ends the master and whatever it started. */
  async stopMaster(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    await this.#master?.end(signal);
  }

  async ready(): Promise<void> {
    await eventually(
      () => (existsSync(join(this.sockDir, 'master_event_pull.ipc')) ? true : undefined),
      `a salt-master ${this.release} with sockets`,
      30_000,
    ).catch((error: Error) => {
      throw new Error(`${error.message}\n${this.#master?.output}`);
    });
    await eventually(
      async () => ((await this.ping()) ? true : undefined),
      `an answer of the minion of salt ${this.release}`,
      45_000,
    ).catch((error: Error) => {
      throw new Error(`${error.message}\n${this.#master?.output}\n${this.#minion?.output}`);
    });
  }

  async ping(): Promise<boolean> {
    try {
      const answer = await this.salt('salt', [
        '-t',
        '2',
        this.minionId,
        'test.ping',
        '--out',
        'json',
        '--static',
      ]);
      return (JSON.parse(answer) as Record<string, unknown>)[this.minionId] === true;
    } catch {
      return false;
    }
  }

  /** Runs a program of Salt's against this master and gives what it printed. */
  async salt(name: 'salt' | 'salt-run' | 'salt-key' | 'salt-call', args: readonly string[]): Promise<string> {
    const dir = name === 'salt-call' ? this.minionDir : this.masterDir;
    const { stdout } = await run(program(this.release, name), ['-c', dir, ...args], {
      timeout: 40_000,
      maxBuffer: 64 << 20,
      env: { ...process.env, PYTHONWARNINGS: 'ignore' },
    });
    return stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#minion?.end('SIGKILL'), this.#master?.end('SIGKILL')]);
    // Runners detach themselves from their master, and write into its folder until they are done.
    for (const pid of processesOf(this.dir)) endProcess(pid);
    rmSync(this.dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** The processes that name the folder of a lab, which no other lab has, in their command line. */
function processesOf(dir: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`${dir}/`);
      } catch {
        return false;
      }
    });
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** Ports of loopback that nobody listens on. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
          const server = createServer();
          server.once('error', reject);
          server.listen(0, '127.0.0.1', () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
