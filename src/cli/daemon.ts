import { type Clock, messageOf, UndoList } from '../core/index.ts';
import { exitCodes } from './failure.ts';
import type { Io } from './io.ts';

/** A role that this process plays. */
export interface Service {
  readonly name: string;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface DaemonOptions {
  readonly io: Io;
  readonly clock: Clock;
  /** Started in this order, stopped in the reverse one. */
  readonly services: readonly Service[];
  readonly onReady: () => void | Promise<void>;
  readonly onReload: () => void | Promise<void>;
  readonly onStopping: (reason: string) => void;
}

const stopDeadlineMs = 20_000;
const interrupted = 130;

/**
 * Runs services until a signal ends them. SIGHUP reloads; SIGINT and SIGTERM stop everything under one
 * deadline; a second SIGINT ends the process at once. A failed start stops what was started and throws.
 */
export async function runDaemon(options: DaemonOptions): Promise<number> {
  const { io, clock } = options;
  const undo = new UndoList();
  const stopping = signalled(options);
  try {
    for (const service of options.services) {
      undo.add(service.name, () => service.stop());
      await Promise.race([service.start(), stopping.reason]);
      if (stopping.given()) break;
    }
    if (!stopping.given()) await options.onReady();
    options.onStopping(await stopping.reason);
  } catch (error) {
    await undo.run(clock, stopDeadlineMs).catch(() => undefined);
    stopping.off();
    throw error;
  }
  let code: number = exitCodes.done;
  try {
    await undo.run(clock, stopDeadlineMs);
  } catch (error) {
    io.err(`brine: ${messageOf(error)}\n`);
    code = exitCodes.failed;
  }
  stopping.off();
  return code;
}

/** Listens for the signals. The first one that ends the process resolves `reason`. */
function signalled(options: DaemonOptions): {
  readonly reason: Promise<string>;
  given(): boolean;
  off(): void;
} {
  const { io } = options;
  let first: string | undefined;
  let resolve: (reason: string) => void = () => undefined;
  const reason = new Promise<string>((done) => {
    resolve = done;
  });
  const stop = (signal: 'SIGINT' | 'SIGTERM') => (): void => {
    if (first !== undefined && signal === 'SIGINT') io.exit(interrupted);
    first ??= signal;
    resolve(first);
  };
  const offs = [
    io.onSignal('SIGINT', stop('SIGINT')),
    io.onSignal('SIGTERM', stop('SIGTERM')),
    io.onSignal('SIGHUP', () => void options.onReload()),
  ];
  return {
    reason,
    given: () => first !== undefined,
    off: () => {
      for (const off of offs) off();
    },
  };
}
