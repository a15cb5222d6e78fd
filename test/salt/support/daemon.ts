import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** A daemon of Salt's with its children, in a process group of its own, so that it can be ended whole. */
export class SaltDaemon {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  #output = '';

  constructor(program: string, args: readonly string[]) {
    this.#child = spawn(program, [...args], {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, PYTHONWARNINGS: 'ignore' },
    });
    this.#exited = once(this.#child, 'exit');
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.#output = (this.#output + chunk.toString()).slice(-8000);
      });
  }

  get output(): string {
    return this.#output;
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Ends the whole group. With SIGTERM it has some seconds to do so by itself. */
  async end(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    this.#signal(signal);
    const timer = setTimeout(() => this.#signal('SIGKILL'), 5000);
    await this.#exited;
    clearTimeout(timer);
    // Children of Salt's that outlived their parent.
    this.#signal('SIGKILL');
  }

  #signal(signal: NodeJS.Signals): void {
    try {
      process.kill(-(this.#child.pid ?? 0), signal);
    } catch {
      // The group is gone.
    }
  }
}
