import type { Command } from 'commander';
import type { Value, ValueMap } from '../../core/index.ts';
import { type Context, contextOf, withMaster } from '../context.ts';
import { exitCodes } from '../failure.ts';
import { parseArguments } from '../input/arguments.ts';
import type { Register } from '../register.ts';
import { stateEventOptions, watchEvents } from '../watch.ts';

export const registerRun: Register = (program, io, act) => {
  program
    .command('run')
    .summary('run a runner function on the master')
    .description('Runs a runner function on the master, as `salt-run` does.')
    .argument('<function>', 'such as manage.up')
    .argument('[args...]', 'positional arguments and name=value, read as YAML')
    .option('--async', 'print the job id and do not wait')
    .option('--no-parse <names>', 'keyword arguments to take as text, with commas')
    .action(
      act(
        (fun: string, words: string[], flags: { async?: true; parse?: string | true }, command: Command) => {
          const noParse = typeof flags.parse === 'string' ? flags.parse.split(',') : [];
          const { arg, kwarg } = parseArguments(words, noParse);
          const context = contextOf(command, io);
          if (fun === 'state.event') return stateEvent(context, arg, kwarg);
          return runRunner(context, { fun, arg, kwarg, detached: flags.async === true });
        },
      ),
    );
};

interface Call {
  readonly fun: string;
  readonly arg: readonly Value[];
  readonly kwarg: ValueMap;
  readonly detached: boolean;
}

function runRunner(context: Context, { fun, arg, kwarg, detached }: Call): Promise<number> {
  return withMaster(context, async (master) => {
    if (detached) {
      const { jid } = await master.runAsync(fun, arg, kwarg);
      context.io.out(`Executed command with job ID: ${jid}\n`);
      return exitCodes.done;
    }
    const result = await master.run(fun, arg, kwarg);
    context.print(result.return);
    return result.success ? exitCodes.done : exitCodes.failed;
  });
}

/** Reads the bus here instead of in the master, so that each event is printed as it comes. */
async function stateEvent(context: Context, arg: readonly Value[], kwarg: ValueMap): Promise<number> {
  await watchEvents(context, stateEventOptions(arg, kwarg));
  context.print(null);
  return exitCodes.done;
}
