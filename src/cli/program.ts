import { readFileSync } from 'node:fs';
import { Command, CommanderError, Option } from 'commander';
import { exitCodes, reportFailure } from './failure.ts';
import { groupsFor } from './groups.ts';
import type { Io } from './io.ts';
import { outputFormats } from './output/format.ts';
import type { Act } from './register.ts';

/** Runs one command line and gives its exit code; nothing is thrown. */
export async function runCli(argv: readonly string[], io: Io): Promise<number> {
  let code: number = exitCodes.done;
  const act: Act =
    (action) =>
    async (...args) => {
      code = await action(...args);
    };
  try {
    const program = await buildProgram(io, act, argv);
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) return reportFailure(error, io);
    return error.exitCode === 0 ? exitCodes.done : exitCodes.wrong;
  }
}

/** The command tree, as far as a command line needs it; without one it is whole. */
export async function buildProgram(io: Io, act: Act, argv: readonly string[] = []): Promise<Command> {
  const program = rootCommand(io);
  const valueOptions = program.options.filter(({ required }) => required).map(({ long }) => long ?? '');
  for (const register of await groupsFor(argv, new Set(valueOptions))) register(program, io, act);
  return program;
}

function rootCommand(io: Io): Command {
  return new Command('brine')
    .description(
      'An event reactor: watches a Salt-style event bus and runs what your rules ask for.\nThe options below may stand before or after any command.',
    )
    .version(packageVersion(), '--version', 'print the version')
    .option('--config <file>', 'configuration file (also: BRINE_CONFIG)')
    .option('--data-dir <dir>', 'folder of the state (also: BRINE_DATA_DIR)')
    .addOption(new Option('--out <format>', 'how results are printed').choices(outputFormats))
    .option('--log-level <level>', 'trace, debug, info, warn, error or silent')
    .addOption(new Option('--log-format <format>', 'how log lines are printed').choices(['json', 'pretty']))
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [command]', 'show the help of a command')
    .configureHelp({ helpWidth: 100 })
    .configureOutput({
      writeOut: io.out,
      writeErr: io.err,
      getOutHelpWidth: () => 100,
      getErrHelpWidth: () => 100,
    })
    .showSuggestionAfterError()
    .exitOverride();
}

function packageVersion(): string {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
