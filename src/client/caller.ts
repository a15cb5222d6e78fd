import { fromPlain, type Plain, silentTelemetry, splitArguments, toPlain } from '../core/index.ts';
import { createCaller } from '../minion/index.ts';
import { systemClock, systemIds } from '../system/index.ts';
import { settingsFor, type WhereOptions } from './where.ts';

/** Runs a minion's functions in this process, as `brine call` does. */
export class Caller implements AsyncDisposable {
  readonly #caller: ReturnType<typeof createCaller>;

  constructor(options: WhereOptions = {}) {
    this.#caller = createCaller(settingsFor(options), {
      clock: systemClock,
      ids: systemIds(systemClock),
      telemetry: silentTelemetry,
    });
  }

  /** What the function returns. Keyword arguments are one last map made by `kwarg`. */
  async cmd(fun: string, ...args: readonly unknown[]): Promise<Plain> {
    const { arg, kwarg: named } = splitArguments(args.map(fromPlain));
    return toPlain((await this.#caller.call(fun, arg, named)).return);
  }

  close(): Promise<void> {
    return this.#caller.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** Marks a map as keyword arguments: `caller.cmd('event.send', 'a/tag', kwarg({ with_grains: true }))`. */
export function kwarg(named: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return { ...named, __kwarg__: true };
}
