import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectLink, type LinkClient, packValue, socketPath, unpackValue } from '../../../src/bus/index.ts';
import { mapOf, type Value, type ValueMap } from '../../../src/core/index.ts';
import { systemClock } from '../../../src/system/index.ts';
import { type Role, RoleProcess, roles } from './process.ts';

export interface ClusterOptions {
  readonly folder: string;
  readonly rules: string;
  /** Keys of the configuration file beside those that every cluster needs. */
  readonly config?: Readonly<Record<string, string | number>>;
}

/** A master, a minion and a reactor in three processes, on one data folder. */
export class Cluster implements AsyncDisposable {
  readonly folder: string;
  readonly dataDir: string;
  readonly sockDir: string;
  readonly rulesFile: string;
  readonly effectsFile: string;
  readonly flags: readonly string[];
  readonly processes: Readonly<Record<Role, RoleProcess>>;

  constructor({ folder, rules, config = {} }: ClusterOptions) {
    this.folder = folder;
    this.dataDir = join(folder, 'd');
    this.sockDir = join(folder, 's');
    this.rulesFile = join(folder, 'rules.yaml');
    this.effectsFile = join(folder, 'effects');
    const keys = {
      id: 'counter',
      reactors: 'rules.yaml',
      port: 0,
      enrol_port: 0,
      sock_dir: this.sockDir,
      log_level: 'warn',
      ...config,
    };
    const configFile = join(folder, 'brine.yaml');
    writeFileSync(this.effectsFile, '');
    writeFileSync(this.rulesFile, rules);
    writeFileSync(
      configFile,
      Object.entries(keys)
        .map(([key, value]) => `${key}: ${value}\n`)
        .join(''),
    );
    this.flags = ['--config', configFile, '--data-dir', this.dataDir];
    const make = (role: Role): RoleProcess => new RoleProcess(role, this.flags, folder);
    this.processes = { master: make('master'), minion: make('minion'), reactor: make('reactor') };
  }

  async start(): Promise<void> {
    for (const role of roles)
      if (!(await this.processes[role].start()))
        throw new Error(`the ${role} does not start:\n${this.processes[role].lastLines(20)}`);
  }

  /** A link to the master's socket, which outlives restarts of the master. */
  link(name: 'master' | 'reactor' = 'master'): LinkClient {
    return connectLink({ endpoint: `ipc://${socketPath(this.sockDir, name)}`, clock: systemClock });
  }

  get accidents(): string[] {
    return roles.flatMap((role) => this.processes[role].accidents);
  }

  async stop(): Promise<void> {
    for (const role of roles.toReversed()) await this.processes[role].end('SIGTERM');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const role of roles) this.processes[role].signal('SIGCONT');
    await Promise.all(roles.map((role) => this.processes[role].end('SIGKILL')));
  }
}

/** Asks a verb of a socket that speaks maps. */
export async function ask(
  link: LinkClient,
  verb: string,
  members: Readonly<Record<string, Value>> = {},
  timeoutMs: number = 10_000,
): Promise<ValueMap> {
  const reply = unpackValue(await link.request(verb, packValue(mapOf(members)), timeoutMs));
  return reply instanceof Map ? reply : new Map([['list', reply]]);
}
