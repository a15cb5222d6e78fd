import { writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { loadSettings, type RawApi, type Settings } from '../../../src/config/index.ts';
import { silentTelemetry, type Telemetry, type TraceEvent } from '../../../src/core/index.ts';
import {
  type Api,
  addToken,
  addUser,
  createApi,
  openTokenFile,
  openUserFile,
  type Rights,
} from '../../../src/http/index.ts';
import { createMaster, type Master } from '../../../src/master/index.ts';
import { createMinion, type Minion } from '../../../src/minion/index.ts';
import { yamlifyArg } from '../../../src/render/index.ts';
import { systemClock, systemIds } from '../../../src/system/index.ts';
import { temporaryFolder } from '../../support/temp.ts';

const deps = { clock: systemClock, ids: systemIds(systemClock) };

export const everything: Rights = {
  perms: ['.*', '@runner', '@wheel', '@jobs'],
  read: ['*'],
  emit: ['*'],
};

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The text as JSON; undefined when it is none. */
  readonly json: unknown;
}

export interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Sent as JSON. */
  readonly json?: unknown;
  readonly token?: string;
}

/** A master, a minion and the API over one folder, each of which may be restarted. */
export class World implements AsyncDisposable {
  readonly settings: Settings;
  readonly traces: TraceEvent[] = [];
  readonly #folder = temporaryFolder();
  #api: Api | undefined;
  #master: Master | undefined;
  #minion: Minion | undefined;

  constructor(api: Partial<RawApi> = {}) {
    const file = join(this.#folder.path, 'brine.yaml');
    const given = { host: '127.0.0.1', port: 0, ...api };
    writeFileSync(file, JSON.stringify({ id: 'm1', port: 0, enrol_port: 0, timeout: 1, api: given }));
    const dataDir = join(this.#folder.path, 'd');
    const loaded = loadSettings({ file, dataDir, env: {}, cwd: this.#folder.path });
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
    this.settings = loaded.settings;
  }

  /** Starts all of it, with the user `tester` who may do everything; with `minion: false` without a minion. */
  static async open(api: Partial<RawApi> = {}, options: { minion?: boolean } = {}): Promise<World> {
    const world = new World(api);
    await world.user('tester', everything);
    await world.startMaster();
    if (options.minion !== false) await world.startMinion();
    await world.startApi();
    return world;
  }

  get folder(): string {
    return this.#folder.path;
  }

  get url(): string {
    if (this.#api === undefined) throw new Error('the API does not run');
    return this.#api.url;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  user(name: string, rights: Rights): Promise<void> {
    return addUser(openUserFile(this.settings.dataDir), name, `${name}-secret`, rights, Date.now());
  }

  token(name: string, rights: Partial<Rights>, expiresMs: number | null = null): Promise<string> {
    const all = { perms: [], read: [], emit: [], ...rights };
    return addToken(openTokenFile(this.settings.dataDir), name, all, { nowMs: Date.now(), expiresMs });
  }

  async startMaster(): Promise<void> {
    this.#master = createMaster(this.settings, { ...deps, telemetry: silentTelemetry });
    await this.#master.start();
  }

  async stopMaster(): Promise<void> {
    await this.#master?.stop();
    this.#master = undefined;
  }

  async startMinion(): Promise<void> {
    let attached: () => void = () => undefined;
    const ready = new Promise<void>((resolve) => {
      attached = resolve;
    });
    const telemetry: Telemetry = {
      emit: (event) => {
        if (event.kind === 'master.connected') attached();
      },
    };
    this.#minion = createMinion(this.settings, { ...deps, telemetry, parseArgument: yamlifyArg });
    await this.#minion.start();
    await ready;
  }

  async startApi(port = 0): Promise<void> {
    const telemetry: Telemetry = { emit: (event) => void this.traces.push(event) };
    const settings = port === 0 ? this.settings : { ...this.settings, api: { ...this.settings.api, port } };
    this.#api = createApi(settings, { ...deps, telemetry });
    await this.#api.start();
  }

  async stopApi(): Promise<void> {
    await this.#api?.stop();
    this.#api = undefined;
  }

  ask(path: string, ask: Ask = {}): Promise<Answer> {
    const body = ask.json === undefined ? ask.body : JSON.stringify(ask.json);
    const headers: Record<string, string> = { ...ask.headers };
    if (ask.json !== undefined) headers['content-type'] = 'application/json';
    if (ask.token !== undefined) headers['x-auth-token'] = ask.token;
    if (body !== undefined) headers['content-length'] ??= String(Buffer.byteLength(body));
    const method = ask.method ?? (body === undefined ? 'GET' : 'POST');
    return new Promise((resolve, reject) => {
      const sent = request({ port: this.port, host: '127.0.0.1', path, method, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: jsonOf(text) });
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }

  /** Logs in and gives the token. */
  async login(user = 'tester'): Promise<string> {
    const login = { username: user, password: `${user}-secret`, eauth: 'pam' };
    const { headers, text } = await this.ask('/login', { json: login });
    const token = headers['x-auth-token'];
    if (typeof token !== 'string') throw new Error(`no login: ${text}`);
    return token;
  }

  /** What one chunk returned. */
  async run(token: string, chunk: Record<string, unknown>): Promise<Answer> {
    return this.ask('/', { token, json: [chunk] });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stopApi();
    await this.#minion?.stop();
    await this.#master?.stop();
    this.#folder[Symbol.dispose]();
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
