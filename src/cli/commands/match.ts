import type { Command } from 'commander';
import { checkTag, mapOf } from '../../core/index.ts';
import { fnmatch } from '../../match/index.ts';
import { type Context, contextOf } from '../context.ts';
import { exitCodes, problemsText } from '../failure.ts';
import { loadReactors } from '../reactors.ts';
import type { Register } from '../register.ts';

export const registerMatch: Register = (program, io, act) => {
  program
    .command('match')
    .summary('show which rules watch a tag')
    .description('Shows the rules that watch a tag, with the glob that matches and the place.')
    .argument('<tag>')
    .action(
      act((tag: string, _flags: object, command: Command) =>
        Promise.resolve(showMatches(contextOf(command, io), tag)),
      ),
    );
};

function showMatches(context: Context, tag: string): number {
  checkTag(tag);
  const { ruleSet, problems } = loadReactors(context.settings);
  const found = ruleSet.rules.flatMap((rule) => {
    const glob = rule.globs.find((one) => fnmatch(tag, one));
    return glob === undefined ? [] : [{ rule: rule.name, glob, file: rule.file, line: rule.line }];
  });
  if (context.options.out !== undefined) context.print(found.map(mapOf));
  else for (const { rule, glob, file, line } of found) context.io.out(`${rule}\t${glob}\t${file}:${line}\n`);
  if (found.length === 0) context.io.err(`No rule watches ${tag}.\n`);
  context.io.err(problemsText(problems.filter(({ severity }) => severity === 'error')));
  return found.length === 0 ? exitCodes.failed : exitCodes.done;
}
