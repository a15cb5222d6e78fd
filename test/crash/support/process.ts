import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../support/brine.ts';

export type Role = 'master' | 'minion' | 'reactor';
export const roles: readonly Role[] = ['master', 'minion', 'reactor'];

/** Another build of Brine can be put through the same tests. */
const main = process.env['BRINE_TEST_MAIN'] ?? join(root, 'dist', 'cli', 'main.js');
const node = process.env['BRINE_TEST_NODE'] ?? process.execPath;

/** One role of Brine, run by the command line, that is killed and started again. */
export class RoleProcess {
  readonly role: Role;
  readonly log: string;
  readonly #args: readonly string[];
  #child: ChildProcess | undefined;
  #gone: Promise<unknown> = Promise.resolve();
  #ready: Promise<boolean> = Promise.resolve(false);
  #expected = false;
  /** Ends that nobody asked for. */
  readonly accidents: string[] = [];

  constructor(role: Role, flags: readonly string[], folder: string) {
    this.role = role;
    this.log = join(folder, `${role}.log`);
    this.#args = [main, role, '--json', ...flags];
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Resolves when the process says that it is ready; false when it ended before. */
  get ready(): Promise<boolean> {
    return this.#ready;
  }

  start(): Promise<boolean> {
    const descriptor = openSync(this.log, 'a');
    const child = spawn(node, this.#args, {
      cwd: root,
      env: { ...process.env, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', descriptor],
    });
    closeSync(descriptor);
    this.#expected = false;
    this.#child = child;
    this.#gone = once(child, 'exit');
    this.#ready = new Promise((resolve) => {
      // Whatever comes first on the standard output is the line that says so.
      child.stdout?.once('data', () => resolve(true));
      child.stdout?.resume();
      child.once('exit', (code, signal) => {
        resolve(false);
        if (!this.#expected) this.accidents.push(`${this.role} ended with ${signal ?? String(code)}`);
      });
    });
    return this.#ready;
  }

  signal(signal: NodeJS.Signals): void {
    if (this.#isRunning()) this.#child?.kill(signal);
  }

  /** Resolves when the process is gone. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    this.#expected = true;
    if (!this.#isRunning()) return;
    this.#child?.kill(signal);
    const timer = setTimeout(() => this.#child?.kill('SIGKILL'), 15_000);
    await this.#gone;
    clearTimeout(timer);
  }

  lastLines(count: number): string {
    return readFileSync(this.log, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
  }

  #isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }
}
