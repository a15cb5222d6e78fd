import type { Command } from 'commander';
import type { MasterClient } from '../../client/index.ts';
import { BrineError, mapOf, type Value } from '../../core/index.ts';
import { fnmatch } from '../../match/index.ts';
import { type Context, contextOf, withMaster } from '../context.ts';
import { exitCodes } from '../failure.ts';
import type { Io } from '../io.ts';
import type { Act, Register } from '../register.ts';

/** Salt's names of the states, and its headings. */
const headings: readonly (readonly [section: string, heading: string])[] = [
  ['minions', 'Accepted Keys:'],
  ['minions_denied', 'Denied Keys:'],
  ['minions_pre', 'Unaccepted Keys:'],
  ['minions_rejected', 'Rejected Keys:'],
];

interface Change {
  readonly verb: 'accept' | 'reject' | 'delete';
  readonly summary: string;
  readonly done: string;
  /** Which states the change is for. */
  readonly from: (flags: ChangeFlags) => readonly string[];
  readonly option?: readonly [flag: string, description: string];
}

interface ChangeFlags {
  readonly yes?: true;
  readonly includeRejected?: true;
  readonly includeAccepted?: true;
}

const changes: readonly Change[] = [
  {
    verb: 'accept',
    summary: 'accept waiting keys',
    done: 'accepted',
    from: (flags) => ['minions_pre', ...(flags.includeRejected ? ['minions_rejected'] : [])],
    option: ['--include-rejected', 'accept rejected keys too'],
  },
  {
    verb: 'reject',
    summary: 'reject waiting keys',
    done: 'rejected',
    from: (flags) => ['minions_pre', ...(flags.includeAccepted ? ['minions'] : [])],
    option: ['--include-accepted', 'reject accepted keys too'],
  },
  {
    verb: 'delete',
    summary: 'forget keys, whatever their state',
    done: 'deleted',
    from: () => headings.map(([section]) => section),
  },
];

export const registerKey: Register = (program, io, act) => {
  const key = program
    .command('key')
    .summary("manage the minions' keys")
    .description("Manages the minions' keys, as `salt-key` does.");
  key
    .command('list')
    .description('Lists the minion ids by the state of their keys.')
    .argument('[state]', 'acc, pre, rej, den or all', 'all')
    .action(
      act((state: string, _flags: object, command: Command) => listKeys(contextOf(command, io), state)),
    );
  for (const change of changes) registerChange(key, change, io, act);
  key
    .command('finger')
    .description("Prints the fingerprints of keys, and the master's own.")
    .argument('[match]', 'a glob on ids', '*')
    .action(
      act((match: string, _flags: object, command: Command) => {
        const context = contextOf(command, io);
        return withMaster(context, async (master) => {
          context.print(await wheel(master, 'key.finger', match));
          return exitCodes.done;
        });
      }),
    );
};

function registerChange(key: Command, change: Change, io: Io, act: Act): void {
  const command = key
    .command(change.verb)
    .summary(change.summary)
    .description(`${change.summary.charAt(0).toUpperCase()}${change.summary.slice(1)}.`)
    .argument('<match>', 'a glob on ids')
    .option('-y, --yes', 'do not ask');
  if (change.option !== undefined) command.option(...change.option);
  command.action(
    act((match: string, flags: ChangeFlags, self: Command) =>
      changeKeys(contextOf(self, io), change, match, flags),
    ),
  );
}

async function wheel(master: MasterClient, fun: string, match: string, more: object = {}): Promise<Value> {
  const result = await master.wheel(fun, [], mapOf({ match, ...more }));
  if (result.success) return result.return;
  const message = typeof result.return === 'string' ? result.return : `${fun} failed.`;
  throw new BrineError('BAD_ARGUMENT', message);
}

function listKeys(context: Context, state: string): Promise<number> {
  return withMaster(context, async (master) => {
    const listed = await wheel(master, 'key.list', state);
    if (context.options.out !== undefined) context.print(listed);
    else context.io.out(keysText(listed));
    return exitCodes.done;
  });
}

function keysText(listed: Value): string {
  const shown = headings.filter(([section]) => listed instanceof Map && listed.has(section));
  return shown.map(([section, heading]) => [heading, ...idsIn(listed, section), ''].join('\n')).join('');
}

function idsIn(listed: Value, section: string): string[] {
  const ids = listed instanceof Map ? listed.get(section) : undefined;
  return Array.isArray(ids) ? ids.filter((id): id is string => typeof id === 'string') : [];
}

function changeKeys(context: Context, change: Change, match: string, flags: ChangeFlags): Promise<number> {
  const { io } = context;
  return withMaster(context, async (master) => {
    const listed = await wheel(master, 'key.list', 'all');
    const ids = [...new Set(change.from(flags).flatMap((section) => idsIn(listed, section)))].filter((id) =>
      fnmatch(id, match),
    );
    if (ids.length === 0) {
      io.err(`The key glob ${JSON.stringify(match)} does not match any key that could be ${change.done}.\n`);
      return exitCodes.failed;
    }
    if (!(await confirmed(io, change, ids, flags.yes === true))) return exitCodes.failed;
    await wheel(master, `key.${change.verb}`, match, {
      include_rejected: flags.includeRejected,
      include_accepted: flags.includeAccepted,
    });
    for (const id of ids) io.out(`Key for minion ${id} ${change.done}.\n`);
    return exitCodes.done;
  });
}

async function confirmed(io: Io, change: Change, ids: readonly string[], yes: boolean): Promise<boolean> {
  if (yes) return true;
  if (!io.inIsTerminal)
    throw new BrineError('BAD_ARGUMENT', 'There is no terminal to ask on: give -y if you are sure.');
  const answer = await io.ask(
    `The following keys are going to be ${change.done}:\n${ids.join('\n')}\nProceed? [n/Y] `,
  );
  return /^(y|yes|)$/i.test(answer.trim());
}
