import { resolve } from 'node:path';
import type { Command } from 'commander';
import { mapOf, type Problem, type ValueMap } from '../../core/index.ts';
import { type Context, contextOf } from '../context.ts';
import { exitCodes, problemsText } from '../failure.ts';
import { knownFunctions } from '../known-functions.ts';
import { hasErrors, loadReactors } from '../reactors.ts';
import type { Register } from '../register.ts';

export const registerCheck: Register = (program, io, act) => {
  program
    .command('check')
    .summary('show every problem of the reactor files')
    .description(
      'Shows every problem of the configuration and of the reactor files at once, each with its place.',
    )
    .argument('[files...]', 'reactor files or folders instead of the configured ones')
    .action(
      act((files: string[], _flags: object, command: Command) =>
        check(
          contextOf(command, io),
          files.map((file) => resolve(io.cwd, file)),
        ),
      ),
    );
};

async function check(context: Context, files: readonly string[]): Promise<number> {
  const known = await knownFunctions(context);
  const { ruleSet, problems } = loadReactors(
    context.settings,
    files.length === 0 ? { known } : { files, known },
  );
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const counts = { files: ruleSet.files.length, rules: ruleSet.rules.length, errors };
  if (context.options.out === undefined) {
    context.io.out(problemsText(problems));
    const { good, bad } = context.paint;
    const warnings = problems.length - errors;
    const summary = `${count(counts.rules, 'rule')} in ${count(counts.files, 'file')}: ${count(errors, 'error')}, ${count(warnings, 'warning')}\n`;
    context.io.out(errors > 0 ? bad(summary) : good(summary));
  } else context.print(mapOf({ ...counts, problems: problems.map(problemValue) }));
  return hasErrors(problems) ? exitCodes.wrong : exitCodes.done;
}

const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`;

/** A problem for machines. */
export function problemValue(problem: Problem): ValueMap {
  const { code, severity, message, file, line, column, hint } = problem;
  return mapOf({ code, severity, message, file, line, column, hint });
}
