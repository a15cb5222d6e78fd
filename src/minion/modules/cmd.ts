import { mapOf, type Value } from '../../core/index.ts';
import { type RunResult, runProgram } from '../process/run.ts';
import type { Arguments } from './arguments.ts';
import { contextOf, programOf, scriptOf } from './cmd-options.ts';
import { CommandFailed } from './errors.ts';
import type { Call, MinionFunction, MinionModule } from './types.ts';

const options =
  'cwd=None, stdin=None, runas=None, shell=None, python_shell=True, env=None, clean_env=False, rstrip=True, ' +
  'timeout=None, ignore_retcode=False, success_retcodes=None, output_loglevel=None, hide_output=False';

/**
 * Running commands. The shell is used unless `python_shell=False` is given or `cmd` is a list, as on Salt's
 * command line; then the words go to the program as they are.
 */
export const cmdModule: MinionModule = {
  run: command('Runs a command; its output, standard error included.', (result) => result.output),
  shell: command('Runs a command in a shell; its output.', (result) => result.output),
  run_stdout: command('Runs a command; its standard output.', (result) => result.stdout),
  run_stderr: command('Runs a command; its standard error.', (result) => result.stderr),
  run_all: command('Runs a command; pid, retcode, stdout and stderr.', everything),
  retcode: command('Runs a command; its return code.', (result) => result.code),
  script: {
    signature: `source, args=None, ${options}`,
    doc: 'Runs a script of this host (a path or file:// address); pid, retcode, stdout and stderr.',
    run: async (args, call) => {
      const script = await scriptOf(args);
      try {
        return everything(await execute(script.argv, args, call));
      } finally {
        await script.remove();
      }
    },
  },
};

function command(doc: string, shape: (result: RunResult) => Value): MinionFunction {
  return {
    signature: `cmd, ${options}`,
    doc,
    run: async (args, call) => shape(await execute(programOf(args), args, call)),
  };
}

function everything(result: RunResult): Value {
  return mapOf({
    pid: result.pid,
    retcode: result.code,
    stdout: result.stdout,
    stderr: result.stderr,
  });
}

/** Runs it, sets the job's return code, and gives the result with its text as the options want it. */
async function execute(argv: readonly string[], args: Arguments, call: Call): Promise<RunResult> {
  const context = await contextOf(args, call);
  let result: RunResult;
  try {
    result = await runProgram({ ...context, argv, onStart: (pid) => call.setProcess(pid) });
  } catch (cause) {
    throw new CommandFailed(
      `Unable to run command '${argv.join(' ')}' in '${context.cwd ?? process.cwd()}': ${String(cause)}`,
    );
  }
  if (call.signal.aborted) throw new CommandFailed('The job was killed.');
  const code = result.timedOut ? 1 : result.code;
  if (!args.flag('ignore_retcode') && !goodCodes(args).includes(code)) call.setRetcode(code);
  const note = `'${argv.join(' ')}' timed out after ${(context.timeoutMs ?? 0) / 1000} seconds`;
  return shaped(result.timedOut ? { ...result, code, stdout: note, output: note } : result, args);
}

function goodCodes(args: Arguments): readonly Value[] {
  return [0, ...(args.list('success_retcodes') ?? [args.value('success_retcodes')])];
}

function shaped(result: RunResult, args: Arguments): RunResult {
  const hidden = args.flag('hide_output');
  const trim = (text: string): string => {
    if (hidden) return '';
    return args.flag('rstrip') ? text.trimEnd() : text;
  };
  return {
    ...result,
    stdout: trim(result.stdout),
    stderr: trim(result.stderr),
    output: trim(result.output),
  };
}
