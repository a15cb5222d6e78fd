import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { connectBus, connectLink, type EventBus, newKeyPair, packValue } from '../../src/bus/index.ts';
import { loadSettings } from '../../src/config/index.ts';
import { mapOf, silentTelemetry } from '../../src/core/index.ts';
import { systemClock } from '../../src/system/index.ts';

/** The build that is measured. */
const main = process.env['BRINE_BENCH_MAIN'] ?? 'dist/cli/main.js';

/** Master and reactor as processes of their own, with their data in one folder. */
export class Roles implements AsyncDisposable {
  readonly #folder: string;
  readonly #flags: readonly string[];
  readonly #children: ChildProcess[] = [];
  readonly #closers: (() => Promise<void>)[] = [];

  constructor(folder: string, reactors: string, more = '') {
    this.#folder = folder;
    const config = join(folder, 'brine.yaml');
    writeFileSync(config, `reactors: ${reactors}\nport: 0\nenrol_port: 0\nlog_level: warn\n${more}`);
    this.#flags = ['--config', config, '--data-dir', join(folder, 'd')];
  }

  /** Starts a role; resolves when it says that it is ready. */
  async start(role: 'master' | 'reactor' | 'api'): Promise<ChildProcess> {
    const args = [main, role, ...this.#flags, '--json'];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#children.push(child);
    await new Promise<void>((resolve, reject) => {
      child.once('exit', (code, signal) => reject(new Error(`${role} ended with ${code ?? signal}`)));
      createInterface({ input: child.stdout }).on('line', (line) => {
        if (/"ready": ?true/.test(line)) resolve();
      });
    });
    return child;
  }

  async stop(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  }

  /** Where clients of this machine reach the master. */
  endpoint(): string {
    const loaded = loadSettings({
      file: join(this.#folder, 'brine.yaml'),
      dataDir: join(this.#folder, 'd'),
      env: process.env,
      cwd: this.#folder,
    });
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
    return `ipc://${join(loaded.settings.sockDir, 'master.ipc')}`;
  }

  /** The master's bus. A minion `sink` is accepted and away: jobs for it end where the master has them. */
  async connect(): Promise<EventBus> {
    const link = connectLink({ endpoint: this.endpoint(), clock: systemClock, telemetry: silentTelemetry });
    const key = mapOf({ id: 'sink', public_key: newKeyPair().publicKey });
    await link.request('introduce', packValue(key), 10_000);
    const bus = connectBus(link, { clock: systemClock });
    this.#closers.push(
      () => bus.close(),
      () => link.close(),
    );
    return bus;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const close of this.#closers) await close();
    for (const child of this.#children.toReversed()) await this.stop(child);
  }
}

/**
 * The most memory of its own that a process had while `work` went on, in MiB, where the system tells: without
 * the pages of its journal's file, which the system maps and takes back as it likes.
 */
export async function peakMemoryMiB(child: ChildProcess, work: () => Promise<void>): Promise<number> {
  let peak = Number.NaN;
  const look = (): void => {
    peak = Math.max(memoryMiB(child), Number.isNaN(peak) ? 0 : peak);
  };
  const timer = setInterval(look, 100);
  await work();
  look();
  clearInterval(timer);
  return peak;
}

/** Memory of a process's own, without mapped files. */
export function memoryMiB(child: ChildProcess): number {
  try {
    const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
    return Number(/^RssAnon:\s*(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) / 1024;
  } catch {
    return Number.NaN;
  }
}
