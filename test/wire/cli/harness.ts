import type { Io } from '../../../src/cli/io.ts';
import { runCli } from '../../../src/cli/program.ts';

type Signal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** One command line, run in this process. */
export class Cli {
  readonly out: string[] = [];
  readonly err: string[] = [];
  readonly exits: number[] = [];
  readonly done: Promise<number>;
  readonly #signals = new Map<Signal, (() => void)[]>();
  #wake: (() => void)[] = [];

  constructor(
    argv: readonly string[],
    options: { cwd?: string; env?: Io['env']; terminal?: boolean; answer?: string } = {},
  ) {
    const take =
      (into: string[]) =>
      (text: string): void => {
        into.push(text);
        this.#woken();
      };
    const terminal = options.terminal === true;
    const io: Io = {
      env: options.env ?? {},
      cwd: options.cwd ?? process.cwd(),
      outIsTerminal: terminal,
      errIsTerminal: terminal,
      inIsTerminal: options.answer !== undefined,
      out: take(this.out),
      err: take(this.err),
      ask: (question) => {
        this.err.push(question);
        return Promise.resolve(options.answer ?? '');
      },
      onSignal: (signal, handler) => {
        this.#signals.set(signal, [...(this.#signals.get(signal) ?? []), handler]);
        return () =>
          this.#signals.set(
            signal,
            (this.#signals.get(signal) ?? []).filter((one) => one !== handler),
          );
      },
      exit: (code) => void this.exits.push(code),
    };
    this.done = runCli(argv, io).finally(() => this.#woken());
  }

  signal(signal: Signal): void {
    for (const handler of this.#signals.get(signal) ?? []) handler();
  }

  get stdout(): string {
    return this.out.join('');
  }

  get stderr(): string {
    return this.err.join('');
  }

  /** Resolves with what fits, as soon as it was printed on either stream. */
  async printed(fits: RegExp): Promise<string> {
    let over = false;
    void this.done.finally(() => {
      over = true;
    });
    for (;;) {
      const found = fits.exec(this.stdout)?.[0] ?? fits.exec(this.stderr)?.[0];
      if (found !== undefined) return found;
      if (over) throw new Error(`ended without ${String(fits)}:\n${this.stdout}\n${this.stderr}`);
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  #woken(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line to its end. */
export async function run(
  argv: readonly string[],
  options: ConstructorParameters<typeof Cli>[1] = {},
): Promise<Ran> {
  const cli = new Cli(argv, options);
  const code = await cli.done;
  return { code, stdout: cli.stdout, stderr: cli.stderr };
}
