import type { Command } from 'commander';
import { mapOf, silentTelemetry } from '../../core/index.ts';
import { createCaller } from '../../minion/index.ts';
import { yamlifyArg } from '../../render/index.ts';
import { systemClock, systemIds } from '../../system/index.ts';
import { type Context, contextOf } from '../context.ts';
import { exitCodes } from '../failure.ts';
import { parseArguments } from '../input/arguments.ts';
import type { Register } from '../register.ts';

export const registerCall: Register = (program, io, act) => {
  program
    .command('call')
    .summary('run a function here, without a job')
    .description("Runs a minion's function in this process, as `salt-call` does.")
    .argument('<function>', 'such as test.ping')
    .argument('[args...]', 'positional arguments and name=value, read as YAML')
    .option('--no-parse <names>', 'keyword arguments to take as text, with commas')
    .action(
      act((fun: string, words: string[], flags: { parse?: string | true }, command: Command) => {
        const noParse = typeof flags.parse === 'string' ? flags.parse.split(',') : [];
        return runCall(contextOf(command, io), fun, words, noParse);
      }),
    );
};

async function runCall(
  context: Context,
  fun: string,
  words: readonly string[],
  noParse: readonly string[],
): Promise<number> {
  const { arg, kwarg } = parseArguments(words, noParse);
  const caller = createCaller(context.settings, {
    clock: systemClock,
    ids: systemIds(systemClock),
    telemetry: silentTelemetry,
    parseArgument: yamlifyArg,
  });
  try {
    const result = await caller.call(fun, arg, kwarg);
    context.print(mapOf({ local: result.return }));
    return result.success && result.retcode === 0 ? exitCodes.done : exitCodes.failed;
  } finally {
    await caller.close();
  }
}
