import type { Command } from 'commander';
import { BrineError, isBrineError, mapOf, textAt, type Value } from '../../core/index.ts';
import { type Context, contextOf, withMaster } from '../context.ts';
import { exitCodes } from '../failure.ts';
import { harmless } from '../output/harmless.ts';
import { withQueueLines } from '../output/queue-line.ts';
import { askReactor } from '../reactor-link.ts';
import type { Register } from '../register.ts';
import { askRole } from '../role-link.ts';
import { health } from './health.ts';

interface StatusFlags {
  readonly decisions?: string;
  readonly event?: string;
  readonly ready?: true;
}

export const registerStatus: Register = (program, io, act) => {
  program
    .command('status')
    .summary('show how Brine is')
    .description('Shows how the master, the minion and the reactor of the data folder are.')
    .option('--decisions <n>', 'show the last decisions instead: which rule concluded what, and why')
    .option('--event <id>', 'show the decisions on one event instead')
    .option('--ready', 'show nothing but why something is not ready, as brine health does')
    .action(
      act((flags: StatusFlags, command: Command) => {
        const context = contextOf(command, io);
        if (flags.ready === true) return health(context, [], {});
        return flags.decisions === undefined && flags.event === undefined
          ? showStatus(context)
          : showDecisions(context, flags);
      }),
    );
};

async function showStatus(context: Context): Promise<number> {
  const { dataDir } = context.settings;
  const master = await orDown(() => withMaster(context, (client) => client.status()));
  const reactor = await orDown(() => askReactor(context, 'status', new Map()));
  const found = { master, minion: await minionState(context), reactor };
  const shown = context.options.out === undefined ? withQueueLines : (state: Value): Value => state;
  const [ofMaster, ofMinion, ofReactor] = [found.master, found.minion, found.reactor].map(shown);
  context.print(mapOf({ data_dir: dataDir, master: ofMaster, minion: ofMinion, reactor: ofReactor }));
  return Object.values(found).some((state) => state !== down) ? exitCodes.done : exitCodes.failed;
}

const down = 'not running';

async function orDown(ask: () => Promise<Value>): Promise<Value> {
  try {
    return await ask();
  } catch (error) {
    if (isBrineError(error, 'NOT_RUNNING')) return down;
    throw error;
  }
}

const minionMs = 5000;

function minionState(context: Context): Promise<Value> {
  return orDown(async () => {
    const status = await askRole(context, 'minion', 'status', new Map(), minionMs);
    return status instanceof Map ? status.set('running', true) : status;
  });
}

async function showDecisions(context: Context, flags: StatusFlags): Promise<number> {
  const limit = Number(flags.decisions ?? 100);
  if (!Number.isInteger(limit) || limit < 1)
    throw new BrineError('BAD_ARGUMENT', '--decisions takes a whole number.');
  const decisions = await askReactor(context, 'decisions', mapOf({ limit, event: flags.event }));
  if (context.options.out !== undefined) context.print(decisions);
  else if (Array.isArray(decisions)) context.io.out(decisions.map(decisionLine).join(''));
  return exitCodes.done;
}

function decisionLine(decision: Value): string {
  const at = (key: string): string => harmless(decision instanceof Map ? textAt(decision, key) : '');
  return `${at('at')} ${at('rule')} ${at('verdict')}: ${at('reason')} (event ${at('event')}, ${at('tag')})\n`;
}
