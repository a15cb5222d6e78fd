import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The Node that runs Brine in end-to-end tests; CI repeats them with newer ones. */
const node = process.env['BRINE_TEST_NODE'] ?? process.execPath;
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const main = join(root, 'dist', 'cli', 'main.js');

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
  readonly timeoutMs?: number;
  /** Another system user to run as; only root may ask for one. */
  readonly uid?: number;
}

const plainEnv: NodeJS.ProcessEnv = { ...process.env, NO_COLOR: '1' };

/** Runs one command of Brine to its end. */
export async function brine(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const child = start(args, options);
  const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? 60_000);
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdin?.end(options.input ?? '');
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(timer);
  return { code, stdout, stderr };
}

/** A long-running Brine process whose output lines can be waited for. Ends with its `using` scope. */
export class Daemon implements AsyncDisposable {
  readonly lines: string[] = [];
  readonly errors: string[] = [];
  readonly child: ChildProcess;
  /** Resolves when the process is gone and all it printed was read. */
  readonly closed: Promise<void>;
  #waiting: (() => void)[] = [];

  constructor(args: readonly string[], options: RunOptions = {}) {
    this.child = start(args, options);
    this.closed = new Promise((resolve) => this.child.once('close', () => resolve()));
    const take = (stream: NodeJS.ReadableStream | null, into: string[]): void => {
      if (stream === null) return;
      createInterface({ input: stream }).on('line', (line) => {
        into.push(line);
        this.#wake();
      });
    };
    take(this.child.stdout, this.lines);
    take(this.child.stderr, this.errors);
    this.child.on('exit', () => this.#wake());
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** The first line (of either stream) from `after` on that fits; throws with all output when none comes in time. */
  async line(fits: RegExp | ((line: string) => boolean), timeoutMs = 30_000): Promise<string> {
    const test = typeof fits === 'function' ? fits : (line: string): boolean => fits.test(line);
    const endMs = Date.now() + timeoutMs;
    for (;;) {
      const found = this.lines.find(test) ?? this.errors.find(test);
      if (found !== undefined) return found;
      const leftMs = endMs - Date.now();
      if (leftMs <= 0 || !this.running) throw new Error(`no line fits ${String(fits)}:\n${this.output()}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.#waiting.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  /** The first JSON line that fits. */
  async json(
    fits: (object: Record<string, unknown>) => boolean,
    timeoutMs?: number,
  ): Promise<Record<string, unknown>> {
    const line = await this.line((text) => {
      const object = parse(text);
      return object !== undefined && fits(object);
    }, timeoutMs);
    return parse(line) ?? {};
  }

  output(): string {
    return [...this.lines, '--- stderr', ...this.errors].slice(-200).join('\n');
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    if (!this.running) return;
    const gone = once(this.child, 'exit');
    this.child.kill(signal);
    await gone;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.running) return;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), 10_000);
    await gone;
    clearTimeout(timer);
  }
}

function parse(text: string): Record<string, unknown> | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

function start(args: readonly string[], options: RunOptions): ChildProcess {
  if (!existsSync(main)) throw new Error('dist/ is missing: run `npm run build` first');
  return spawn(node, [main, ...args], {
    cwd: options.cwd ?? root,
    env: { ...plainEnv, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(options.uid === undefined ? {} : { uid: options.uid }),
  });
}

/** Asks again until the answer is there, without a fixed sleep deciding the result. */
export async function eventually<T>(
  ask: () => Promise<T | undefined> | T | undefined,
  what: string,
  timeoutMs = 30_000,
): Promise<T> {
  const endMs = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > endMs) throw new Error(`${what} did not happen within ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
