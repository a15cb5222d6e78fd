import type { Command } from 'commander';
import { BrineError, mapOf, textAt, type Value } from '../../core/index.ts';
import { type Context, contextOf } from '../context.ts';
import { exitCodes } from '../failure.ts';
import { askReactor } from '../reactor-link.ts';
import type { Register } from '../register.ts';

interface Selection {
  readonly all?: true;
}

export const registerDlq: Register = (program, io, act) => {
  const dlq = program
    .command('dlq')
    .summary('settle reactions that failed for good')
    .description('Shows and settles reactions that could not be carried out.');
  dlq
    .command('list')
    .description('Lists the dead letters.')
    .option('--limit <n>', 'at most so many', '100')
    .action(
      act((flags: { limit: string }, command: Command) => list(contextOf(command, io), Number(flags.limit))),
    );
  dlq
    .command('show')
    .description('Shows a dead letter: the reaction, the event and the rule behind it, and the last failure.')
    .argument('<id>')
    .action(
      act(async (id: string, _flags: object, command: Command) => {
        const context = contextOf(command, io);
        context.print(await askReactor(context, 'dlq.show', mapOf({ id })));
        return exitCodes.done;
      }),
    );
  for (const [verb, description] of [
    ['retry', 'Sends dead letters again, as they were decided, with the same ids.'],
    ['drop', 'Gives dead letters up for good.'],
  ] as const) {
    dlq
      .command(verb)
      .description(description)
      .argument('[ids...]')
      .option('--all', 'every dead letter')
      .action(
        act(async (ids: string[], flags: Selection, command: Command) => {
          const context = contextOf(command, io);
          context.print(await askReactor(context, `dlq.${verb}`, selected(ids, flags)));
          return exitCodes.done;
        }),
      );
  }
};

function selected(ids: readonly string[], flags: Selection): ReturnType<typeof mapOf> {
  if (ids.length > 0 === (flags.all === true))
    throw new BrineError('BAD_ARGUMENT', 'Give ids as `brine dlq list` shows them, or --all.');
  return flags.all ? mapOf({ all: true }) : mapOf({ ids: [...ids] });
}

async function list(context: Context, limit: number): Promise<number> {
  if (!Number.isInteger(limit) || limit < 1)
    throw new BrineError('BAD_ARGUMENT', '--limit takes a whole number.');
  const letters = await askReactor(context, 'dlq.list', mapOf({ limit }));
  if (context.options.out !== undefined) context.print(letters);
  else context.io.out(Array.isArray(letters) ? letters.map(letterLine).join('') : '');
  return exitCodes.done;
}

function letterLine(letter: Value): string {
  const at = (key: string): string => (letter instanceof Map ? textAt(letter, key) : '');
  return `${at('id')}\t${at('rule')}\t${at('action')}\t${at('reason')}: ${at('message')}\n`;
}
