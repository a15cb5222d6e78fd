import { readFileSync } from 'node:fs';
import { Command, CommanderError, Option } from 'commander';
import { registerCall } from './commands/call.ts';
import { registerCheck } from './commands/check.ts';
import { registerCmd } from './commands/cmd.ts';
import { registerDlq } from './commands/dlq.ts';
import { registerEvent } from './commands/event.ts';
import { registerExplain } from './commands/explain.ts';
import { registerKey } from './commands/key.ts';
import { registerMatch } from './commands/match.ts';
import { registerRender } from './commands/render.ts';
import { registerRoles } from './commands/roles.ts';
import { registerRun } from './commands/run.ts';
import { registerStatus } from './commands/status.ts';
import { exitCodes, reportFailure } from './failure.ts';
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
    await buildProgram(io, act).parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) return reportFailure(error, io);
    return error.exitCode === 0 ? exitCodes.done : exitCodes.wrong;
  }
}

/** The whole command tree. */
export function buildProgram(io: Io, act: Act): Command {
  const program = new Command('brine');
  program
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
  registerRoles(program, io, act);
  registerCmd(program, io, act);
  registerCall(program, io, act);
  registerRun(program, io, act);
  registerKey(program, io, act);
  registerEvent(program, io, act);
  registerCheck(program, io, act);
  registerRender(program, io, act);
  registerExplain(program, io, act);
  registerMatch(program, io, act);
  registerDlq(program, io, act);
  registerStatus(program, io, act);
  return program;
}

function packageVersion(): string {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
