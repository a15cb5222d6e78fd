import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { BrineError, mapOf, messageOf, type Value, type ValueMap } from '../../core/index.ts';
import { type Context, contextOf } from '../context.ts';
import { exitCodes } from '../failure.ts';
import { harmless } from '../output/harmless.ts';
import type { Register } from '../register.ts';
import { askRole, roleNames } from '../role-link.ts';
import type { Role } from '../services.ts';

interface HealthFlags {
  readonly live?: true;
  readonly wait?: string;
}

/** How long a role may take to answer; one that is stuck does not. */
const answerMs = 5000;
const askEveryMs = 500;

export const registerHealth: Register = (program, io, act) => {
  program
    .command('health')
    .argument(
      '[roles...]',
      'master, minion or reactor; without any, those that have a folder in the data folder',
    )
    .summary('exit with 0 when Brine is ready')
    .description(
      'Exits with 0 when each role answers and is ready, with 1 and the reasons otherwise. The reactor is ready while its canary events come the whole way through.',
    )
    .option('--live', 'ask only whether each role answers')
    .option('--wait <seconds>', 'wait so long for it')
    .action(
      act((named: string[], flags: HealthFlags, command: Command) =>
        health(contextOf(command, io), named, flags),
      ),
    );
};

/** Asks until all are well or time is up, and tells why they are not. */
export async function health(
  context: Context,
  named: readonly string[],
  flags: HealthFlags,
): Promise<number> {
  const wanted = rolesOf(context, named);
  const endMs = performance.now() + secondsOf(flags.wait) * 1000;
  for (;;) {
    const problems = await problemsOf(context, wanted, flags.live === true);
    if (problems.length === 0 || performance.now() >= endMs) return tell(context, wanted, problems);
    await new Promise((resolve) => setTimeout(resolve, askEveryMs));
  }
}

/** What is wrong with each of these roles, in one line for each reason; empty when all are well. */
async function problemsOf(context: Context, wanted: readonly Role[], onlyLive: boolean): Promise<string[]> {
  const found = await Promise.all(wanted.map((role) => problemsOfRole(context, role, onlyLive)));
  return found.flat();
}

async function problemsOfRole(context: Context, role: Role, onlyLive: boolean): Promise<string[]> {
  try {
    const answer = await askRole(context, role, 'health', new Map(), answerMs);
    if (onlyLive) return [];
    return problemsIn(answer).map((problem) => `${role}: ${problem}`);
  } catch (error) {
    return [`${role}: ${messageOf(error)}`];
  }
}

function problemsIn(answer: Value): string[] {
  const map: ValueMap = answer instanceof Map ? answer : new Map();
  const problems = map.get('problems');
  if (map.get('ready') === true) return [];
  const texts = Array.isArray(problems) ? problems.filter((problem) => typeof problem === 'string') : [];
  return texts.length > 0 ? texts : ['it is not ready'];
}

/** The roles that are asked for, or that ran here before. */
function rolesOf(context: Context, named: readonly string[]): Role[] {
  const { dataDir } = context.settings;
  for (const name of named)
    if (!roleNames.some((role) => role === name))
      throw new BrineError('BAD_ARGUMENT', `There is no role ${name}; there are ${roleNames.join(', ')}.`);
  if (named.length > 0) return roleNames.filter((role) => named.includes(role));
  const here = roleNames.filter((role) => existsSync(join(dataDir, role)));
  return here.length > 0 ? here : [...roleNames];
}

function secondsOf(text: string | undefined): number {
  const seconds = Number(text ?? 0);
  if (Number.isFinite(seconds) && seconds >= 0) return seconds;
  throw new BrineError('BAD_ARGUMENT', '--wait takes a number of seconds.');
}

function tell(context: Context, wanted: readonly Role[], problems: readonly string[]): number {
  const ready = problems.length === 0;
  if (context.options.out !== undefined)
    context.print(mapOf({ ready, roles: [...wanted], problems: [...problems] }));
  else
    context.io.out(
      ready ? `ready: ${wanted.join(', ')}\n` : problems.map((text) => `${harmless(text)}\n`).join(''),
    );
  return ready ? exitCodes.done : exitCodes.failed;
}
