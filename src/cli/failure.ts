import { BrineError, type ErrorCode, formatProblem, messageOf, type Problem } from '../core/index.ts';
import type { Io } from './io.ts';

/** How a command ends. */
export const exitCodes = {
  done: 0,
  /** The command was right and its work failed. */
  failed: 1,
  /** The command or a file that it names was wrong. */
  wrong: 2,
} as const;

const wrongInput: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'BAD_ARGUMENT',
  'BAD_CONFIG',
  'BAD_EVENT',
  'EVENT_TOO_LARGE',
  'NO_SUCH_FUNCTION',
  'NO_SUCH_JOB',
  'NO_SUCH_KEY',
  'NO_SUCH_RECORD',
  'SOCKET_PATH_TOO_LONG',
]);

const hints: { readonly [K in ErrorCode]?: string } = {
  NOT_RUNNING: 'Is Brine running? Start it with `brine up`, or name its folder with --data-dir.',
  DATA_DIR_IN_USE: 'Stop the other one, or give this one its own --data-dir.',
  PORT_IN_USE: 'Set `port` and `enrol_port` in the configuration; 0 picks free ones.',
  DISK_FULL: 'Free some space; nothing that was acknowledged is lost.',
  JOURNAL_DAMAGED: 'Move the data folder away and start again, or restore it from a copy.',
  OVERLOADED: 'Try again in a moment.',
  SOCKET_PATH_TOO_LONG: 'Set `sock_dir` in the configuration to a shorter path.',
  NO_SUCH_FUNCTION:
    'Functions of minions: `brine call sys.list_functions`. Of the master: `brine run doc.runner`.',
};

/** Tells the person what went wrong, without a stack trace, and gives the exit code. */
export function reportFailure(error: unknown, io: Io): number {
  if (!(error instanceof BrineError)) {
    io.err(`brine: unexpected error: ${messageOf(error)}\n`);
    if (io.env['BRINE_DEBUG'] && error instanceof Error) io.err(`${error.stack ?? ''}\n`);
    return exitCodes.failed;
  }
  const problems = error.fields['problems'];
  if (Array.isArray(problems)) io.err(problemsText(problems as Problem[]));
  else io.err(`brine: ${error.message} [${error.code}]\n`);
  const hint = typeof error.fields['hint'] === 'string' ? error.fields['hint'] : hints[error.code];
  if (hint !== undefined) io.err(`  hint: ${hint}\n`);
  return wrongInput.has(error.code) ? exitCodes.wrong : exitCodes.failed;
}

export function problemsText(problems: readonly Problem[]): string {
  return problems.map((problem) => `${formatProblem(problem)}\n`).join('');
}
