import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { eventually } from '../../support/brine.ts';
import { SaltDaemon } from './daemon.ts';
import type { SaltLab } from './lab.ts';
import { program } from './releases.ts';

const openssl = process.env['OPENSSL'] ?? 'openssl';

/** Not the address of the master: whoever comes from here is another host. */
export const apiHost = '127.0.0.2';

/** What the master's configuration must say for a salt-api. */
export function apiOptions(more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    external_auth: {
      auto: { brine: ['.*', '@runner', '@wheel', '@jobs'], limited: ['test.ping', '@jobs'] },
    },
    netapi_enable_clients: ['local_async', 'runner_async', 'wheel'],
    ...more,
  };
}

/** The salt-api of a lab's master, over TLS with a certificate of its own, on another address of loopback. */
export class SaltApiLab implements AsyncDisposable {
  readonly port: number;
  readonly cert: string;
  readonly fingerprint: string;
  readonly #lab: SaltLab;
  #daemon: SaltDaemon | undefined;

  private constructor(lab: SaltLab, port: number) {
    this.#lab = lab;
    this.port = port;
    this.cert = lab.path('api.crt');
    const key = lab.path('api.key');
    const kind = ['-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=salt-api'];
    const files = ['-addext', `subjectAltName=IP:${apiHost}`, '-keyout', key, '-out', this.cert];
    execFileSync(openssl, ['req', '-x509', ...kind, ...files], { stdio: 'ignore' });
    this.fingerprint = new X509Certificate(readFileSync(this.cert)).fingerprint256;
    const own = {
      api_pidfile: join(lab.masterDir, 'api.pid'),
      api_logfile: join(lab.masterDir, 'apilog'),
      rest_cherrypy: { port, host: apiHost, ssl_crt: this.cert, ssl_key: key },
    };
    writeFileSync(join(lab.masterDir, 'master'), JSON.stringify({ ...lab.options, ...own }));
  }

  /** Resolves when it answers. */
  static async start(lab: SaltLab): Promise<SaltApiLab> {
    const api = new SaltApiLab(lab, await freePort());
    await api.start();
    return api;
  }

  get url(): string {
    return `https://${apiHost}:${this.port}`;
  }

  /** What it last had to say. */
  get output(): string {
    const log = join(this.#lab.masterDir, 'apilog');
    return `${this.#daemon?.output}\n${existsSync(log) ? readFileSync(log, 'utf8').slice(-8000) : ''}`;
  }

  async start(): Promise<void> {
    this.#daemon = new SaltDaemon(program(this.#lab.release, 'salt-api'), ['-c', this.#lab.masterDir]);
    await eventually(() => this.#answers(), 'a salt-api', 60_000).catch((error: Error) => {
      throw new Error(`${error.message}\n${this.#daemon?.output}`);
    });
  }

  async stop(): Promise<void> {
    await this.#daemon?.end('SIGKILL');
  }

  #answers(): Promise<true | undefined> {
    return new Promise((resolve) => {
      const asked = request(`${this.url}/`, { ca: readFileSync(this.cert), agent: false }, (response) => {
        response.resume();
        resolve(true);
      });
      asked.once('error', () => resolve(undefined));
      asked.end();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, apiHost, () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
