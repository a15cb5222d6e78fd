import { type ChildProcess, spawn } from 'node:child_process';
import type { Clock } from '../../core/index.ts';
import { Capture } from './capture.ts';

export interface RunOptions {
  readonly argv: readonly string[];
  readonly cwd?: string | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly stdin?: string | undefined;
  /** Milliseconds after which the whole process group is killed. */
  readonly timeoutMs?: number | undefined;
  /** Run as this user; only root may. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly clock: Clock;
  onStart?(pid: number): void;
}

export interface RunResult {
  readonly pid: number;
  /** Exit code; 128 + signal number when a signal ended it, as shells say. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Both streams, in the order in which they arrived. */
  readonly output: string;
  readonly timedOut: boolean;
}

/** Bytes that are kept of each stream; the rest is counted and dropped. */
export const outputBytesMax: number = 256 * 1024;

/**
 * Runs a program without a shell, as a process group of its own, and waits for its end and for its output to
 * close. A timeout or an abort kills the group. Rejects with the system's error when it cannot be started.
 */
export function runProgram(options: RunOptions): Promise<RunResult> {
  const [file = '', ...args] = options.argv;
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(options.user === undefined ? {} : options.user),
    });
    const watch = new GroupWatch(child, options);
    const out = new Capture(outputBytesMax);
    const err = new Capture(outputBytesMax);
    const both = new Capture(outputBytesMax);
    child.stdout.on('data', (chunk: Buffer) => [out, both].forEach((capture) => capture.add(chunk)));
    child.stderr.on('data', (chunk: Buffer) => [err, both].forEach((capture) => capture.add(chunk)));
    // A program may end without reading its input; that is not our failure.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.stdin ?? '');
    child.once('spawn', () => options.onStart?.(child.pid ?? 0));
    child.once('error', (error) => {
      watch.stop();
      reject(error);
    });
    child.once('close', (code, signal) => {
      watch.stop();
      resolve({
        pid: child.pid ?? 0,
        code: code ?? 128 + signalNumber(signal),
        stdout: out.text(),
        stderr: err.text(),
        output: both.text(),
        timedOut: watch.timedOut,
      });
    });
  });
}

/** Kills the child's process group when its time is over or its job is killed. */
class GroupWatch {
  timedOut = false;
  readonly #child: ChildProcess;
  readonly #signal: AbortSignal | undefined;
  readonly #kill = (): void => killGroup(this.#child.pid ?? 0);
  readonly #cancel: (() => void) | undefined;

  constructor(child: ChildProcess, options: RunOptions) {
    this.#child = child;
    this.#signal = options.signal;
    if (options.signal?.aborted === true) this.#kill();
    options.signal?.addEventListener('abort', this.#kill);
    if (options.timeoutMs !== undefined) {
      this.#cancel = options.clock.after(options.timeoutMs, () => {
        this.timedOut = true;
        this.#kill();
      });
    }
  }

  stop(): void {
    this.#cancel?.();
    this.#signal?.removeEventListener('abort', this.#kill);
  }
}

export function killGroup(pid: number): void {
  if (pid <= 1) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended by itself meanwhile.
  }
}

const signalNumbers: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGPIPE: 13,
  SIGTERM: 15,
};

function signalNumber(signal: NodeJS.Signals | null): number {
  return signal === null ? 0 : (signalNumbers[signal] ?? 0);
}
