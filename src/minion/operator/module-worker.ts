import { Worker } from 'node:worker_threads';
import type { Clock } from '../../core/index.ts';
import { CommandFailed, FunctionThrew } from '../modules/errors.ts';
import type { ExportedFunction, FromWorker, ToWorker, WorkerInput } from './protocol.ts';

export interface WorkerLimits {
  /** Milliseconds for importing the module. */
  readonly loadMs: number;
  /** Milliseconds for one call. */
  readonly callMs: number;
  /** Milliseconds for which a module may keep its thread busy without letting go of it. */
  readonly blockedMs: number;
  readonly memoryMb: number;
}

export const workerLimits: WorkerLimits = {
  loadMs: 10_000,
  callMs: 3_600_000,
  blockedMs: 30_000,
  memoryMb: 256,
};

export interface WorkerDescription {
  readonly virtualName: string | null;
  readonly functions: readonly ExportedFunction[];
}

/** Answers a module's own calls: `salt['event.send'](…)`. `parent` is the call that it works for. */
export type CrossCall = (
  parent: number,
  name: string,
  args: readonly unknown[],
  keywords: Readonly<Record<string, unknown>>,
) => Promise<unknown>;

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
  cancel(): void;
}

/**
 * One operator's module in its own thread. Whatever the module does (throw, loop, exit, eat memory) ends this
 * thread at most; its calls then fail with the reason, and whoever owns this object makes a new one.
 */
export class ModuleWorker {
  readonly ready: Promise<WorkerDescription>;
  readonly #worker: Worker;
  readonly #clock: Clock;
  readonly #limits: WorkerLimits;
  readonly #calls = new Map<number, Pending>();
  #settleReady: { resolve(description: WorkerDescription): void; reject(error: Error): void } | undefined;
  #reason: string | undefined;
  #cancelLoad: () => void;
  #cancelPing: (() => void) | undefined;
  #cancelAgain: (() => void) | undefined;
  #lastPing = 0;
  #ended: Promise<unknown> = Promise.resolve();

  constructor(input: WorkerInput, options: { clock: Clock; limits: WorkerLimits; crossCall: CrossCall }) {
    this.#clock = options.clock;
    this.#limits = options.limits;
    this.ready = new Promise((resolve, reject) => {
      this.#settleReady = { resolve, reject };
    });
    // Whoever calls learns it; a thread that nobody waits for may end as it likes.
    this.ready.catch(() => undefined);
    this.#worker = startWorker(input, options.limits);
    this.#worker.on('message', (message: FromWorker) => this.#hear(message, options.crossCall));
    this.#worker.once('error', (error) => this.stop(`it crashed: ${error.message}`));
    this.#worker.once('exit', (code) => this.stop(`it ended itself with code ${code}`));
    this.#cancelLoad = this.#clock.after(options.limits.loadMs, () => {
      this.stop(`loading it took longer than ${options.limits.loadMs} ms`);
    });
  }

  /** Why no more calls are possible; undefined while they are. */
  get stopped(): string | undefined {
    return this.#reason;
  }

  call(
    number: number,
    name: string,
    args: readonly unknown[],
    keywords: Readonly<Record<string, unknown>> | null,
    signal: AbortSignal,
  ): Promise<unknown> {
    if (this.#reason !== undefined) return Promise.reject(new CommandFailed(this.#reason));
    if (signal.aborted) return Promise.reject(new CommandFailed('The job was killed.'));
    return new Promise((resolve, reject) => {
      const kill = (): void => {
        this.#fail(number, new CommandFailed('The job was killed.'));
        // A thread that is busy cannot be asked to leave off; the others get their answer first.
        this.#watchBlocked(Math.min(1000, this.#limits.blockedMs));
      };
      const cancelLimit = this.#clock.after(this.#limits.callMs, () => {
        this.#fail(number, new CommandFailed(`${name} took longer than ${this.#limits.callMs} ms.`));
      });
      const cancel = (): void => {
        cancelLimit();
        signal.removeEventListener('abort', kill);
      };
      this.#calls.set(number, { resolve, reject, cancel });
      signal.addEventListener('abort', kill);
      this.#say({ kind: 'call', number, name, args, keywords });
      this.#watchBlocked(this.#limits.blockedMs);
    });
  }

  tellGrains(grains: unknown): void {
    if (this.#reason === undefined) this.#say({ kind: 'grains', grains });
  }

  /** Ends the thread; calls under way fail with the reason. */
  stop(reason: string): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#cancelLoad();
    this.#cancelPing?.();
    this.#cancelAgain?.();
    this.#settleReady?.reject(new CommandFailed(reason));
    for (const number of this.#calls.keys())
      this.#fail(number, new CommandFailed(`The module was stopped: ${reason}.`));
    this.#ended = this.#worker.terminate();
  }

  async close(reason: string): Promise<void> {
    this.stop(reason);
    await this.#ended;
  }

  #say(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  #hear(message: FromWorker, crossCall: CrossCall): void {
    switch (message.kind) {
      case 'ready':
        this.#cancelLoad();
        this.#settleReady?.resolve(message);
        break;
      case 'broken':
        this.stop(message.message);
        break;
      case 'done':
        this.#take(message.number)?.resolve(message.value);
        break;
      case 'failed':
        this.#fail(message.number, new FunctionThrew(message.message, message.retcode));
        break;
      case 'pong':
        // An answer to an earlier question says nothing about what happened since.
        if (message.number !== this.#lastPing) break;
        this.#cancelPing?.();
        this.#cancelPing = undefined;
        this.#cancelAgain?.();
        if (this.#calls.size > 0)
          this.#cancelAgain = this.#clock.after(this.#limits.blockedMs, () => this.#again());
        break;
      case 'salt':
        void this.#answer(message, crossCall);
    }
  }

  async #answer(message: FromWorker & { kind: 'salt' }, crossCall: CrossCall): Promise<void> {
    const { number, parent, name, args, keywords } = message;
    try {
      const value = await crossCall(parent, name, args, keywords);
      if (this.#reason === undefined) this.#say({ kind: 'answer', number, ok: true, value });
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      if (this.#reason === undefined) this.#say({ kind: 'answer', number, ok: false, value: text });
    }
  }

  /** Calls may take long, but not without letting go of the thread: that would hold up all others. */
  #watchBlocked(limitMs: number): void {
    if (this.#reason !== undefined) return;
    if (this.#cancelPing !== undefined && limitMs >= this.#limits.blockedMs) return;
    this.#cancelPing?.();
    this.#cancelPing = this.#clock.after(limitMs, () => {
      this.stop(`it kept its thread busy for longer than ${limitMs} ms`);
    });
    this.#lastPing += 1;
    this.#say({ kind: 'ping', number: this.#lastPing });
  }

  #again(): void {
    if (this.#reason === undefined && this.#calls.size > 0) this.#watchBlocked(this.#limits.blockedMs);
  }

  #take(number: number): Pending | undefined {
    const pending = this.#calls.get(number);
    this.#calls.delete(number);
    pending?.cancel();
    return pending;
  }

  #fail(number: number, error: Error): void {
    this.#take(number)?.reject(error);
  }
}

function startWorker(input: WorkerInput, limits: WorkerLimits): Worker {
  const options = {
    workerData: input,
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: limits.memoryMb },
    stdout: true,
    stderr: true,
  };
  const worker = import.meta.url.endsWith('.ts')
    ? new Worker(fromSource, { ...options, eval: true })
    : new Worker(new URL('./worker.js', import.meta.url), options);
  // What a module prints is for people; our standard output belongs to programs.
  worker.stdout.on('data', (chunk: Uint8Array) => process.stderr.write(chunk));
  worker.stderr.on('data', (chunk: Uint8Array) => process.stderr.write(chunk));
  return worker;
}

/** In tests and development the worker is TypeScript like the rest, and needs the same loader first. */
const fromSource = `import('tsx/esm/api').then(({ register }) => {
  register();
  return import(${JSON.stringify(new URL('./worker.ts', import.meta.url).href)});
})`;
