import { fromPlain, type Plain, splitArguments, toPlain } from '../core/index.ts';
import type { FunctionResult, MasterClient } from './master-client.ts';
import { masterOf, type WhereOptions } from './where.ts';

export interface RunnerResult {
  readonly jid: string;
  readonly tag: string;
  readonly return: Plain;
  readonly success: boolean;
}

export interface RunnerOptions {
  readonly kwarg?: Readonly<Record<string, unknown>>;
}

/** Runs runner functions on the master of this host. */
export class RunnerClient implements AsyncDisposable {
  readonly #master: MasterClient;

  constructor(master: MasterClient) {
    this.#master = master;
  }

  /** Connects to the master of this host. Throws NOT_RUNNING. */
  static async connect(options: WhereOptions = {}): Promise<RunnerClient> {
    return new RunnerClient(await masterOf(options));
  }

  close(): Promise<void> {
    return this.#master.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** What the function returns; its error text when it failed. Throws NO_SUCH_FUNCTION. */
  async cmd(fun: string, arg: readonly unknown[] = [], options: RunnerOptions = {}): Promise<Plain> {
    return (await this.call(fun, arg, options)).return;
  }

  /** The same, with the job's id and whether it succeeded. */
  async call(fun: string, arg: readonly unknown[] = [], options: RunnerOptions = {}): Promise<RunnerResult> {
    const { arg: positional, kwarg } = argumentsOf(arg, options);
    const result: FunctionResult = await this.#master.run(fun, positional, kwarg);
    return { ...result, return: toPlain(result.return) };
  }

  /** Starts the function; its return is the event `<tag>/ret`. */
  cmdAsync(
    fun: string,
    arg: readonly unknown[] = [],
    options: RunnerOptions = {},
  ): Promise<{ readonly jid: string; readonly tag: string }> {
    const { arg: positional, kwarg } = argumentsOf(arg, options);
    return this.#master.runAsync(fun, positional, kwarg);
  }
}

function argumentsOf(given: readonly unknown[], options: RunnerOptions): ReturnType<typeof splitArguments> {
  const split = splitArguments(given.map(fromPlain));
  for (const [key, value] of Object.entries(options.kwarg ?? {})) split.kwarg.set(key, fromPlain(value));
  return split;
}
