import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { connectMaster, type MasterClient } from '../client/index.ts';
import { loadSettings, type Settings } from '../config/index.ts';
import { BrineError, formatProblem, type Value } from '../core/index.ts';
import { systemClock } from '../system/index.ts';
import type { Io } from './io.ts';
import { formatValue, type OutputFormat } from './output/format.ts';
import { type Paint, paintFor } from './output/paint.ts';

/** The options that every command takes, before or after its name. */
export interface GlobalOptions {
  readonly config?: string;
  readonly dataDir?: string;
  readonly out?: OutputFormat;
  readonly logLevel?: string;
  readonly logFormat?: 'json' | 'pretty';
}

/** What a command works with. */
export interface Context {
  readonly io: Io;
  readonly settings: Settings;
  readonly options: GlobalOptions;
  readonly paint: Paint;
  /** Prints a result in the chosen format, `nested` unless chosen. */
  readonly print: (value: Value, usual?: OutputFormat) => void;
}

/** Reads the configuration that the command line names. Throws BAD_CONFIG with every problem. */
export function contextOf(command: Command, io: Io): Context {
  const options: GlobalOptions = command.optsWithGlobals();
  const loaded = loadSettings({ file: options.config, dataDir: options.dataDir, env: io.env, cwd: io.cwd });
  if (!loaded.ok)
    throw new BrineError('BAD_CONFIG', loaded.problems.map(formatProblem).join('\n'), {
      fields: { problems: loaded.problems },
    });
  const paint = paintFor(io.outIsTerminal, io.env);
  return {
    io,
    settings: loaded.settings,
    options,
    paint,
    print: (value, usual = 'nested') => io.out(formatValue(value, options.out ?? usual, paint)),
  };
}

/** Works with the master of the data folder and lets go of it. */
export async function withMaster<T>(
  context: Context,
  work: (master: MasterClient) => Promise<T>,
): Promise<T> {
  const { io, settings } = context;
  const master = await connectMaster({ sockDir: settings.sockDir, clock: systemClock, user: userName(io) });
  try {
    return await work(master);
  } finally {
    await master.close();
  }
}

/** Who runs the command: the system user, `sudo_<name>` behind sudo, as Salt records it. */
export function userName(io: Io): string {
  const behind = io.env['SUDO_USER'];
  if (behind) return `sudo_${behind}`;
  try {
    return userInfo().username;
  } catch {
    // A container may run under a user id that has no name.
    return String(process.getuid?.() ?? '');
  }
}
