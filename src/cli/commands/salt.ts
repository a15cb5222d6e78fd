import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { mapOf, type Value } from '../../core/index.ts';
import { examine, type Finding, readSaltMaster, settingsBeside } from '../../salt/index.ts';
import { systemClock, systemIds } from '../../system/index.ts';
import { type Context, contextOf } from '../context.ts';
import { exitCodes } from '../failure.ts';
import { harmless } from '../output/harmless.ts';
import { loadReactors } from '../reactors.ts';
import type { Register } from '../register.ts';
import { diff } from '../salt-diff.ts';

const usualFile = '/etc/salt/master';

export const registerSalt: Register = (program, io, act) => {
  const salt = program
    .command('salt')
    .summary('work beside a real Salt master')
    .description('Helps to run Brine beside a real Salt master.');
  salt
    .command('doctor')
    .summary('look for whatever keeps Brine from working beside the master')
    .description(
      'Looks at the permissions, sockets, key, release and reactor of a Salt master, and says what to change. Exits with 1 when something is in the way.',
    )
    .argument('[file]', 'the configuration file of the master', usualFile)
    .action(act((file: string, _flags: object, command: Command) => doctor(contextOf(command, io), file)));
  salt
    .command('diff')
    .summary('compare what Salt’s reactor did with what Brine decided in the shadow')
    .description(
      'Compares the jobs, runners and wheels that Salt’s reactor started with those that a reactor of Brine’s in the shadow (`brine reactor --salt FILE --shadow`, which must be running) decided. Exits with 1 when they differ.',
    )
    .action(act((_flags: object, command: Command) => diff(contextOf(command, io))));
};

async function doctor(context: Context, file: string): Promise<number> {
  const { io } = context;
  const salt = readSaltMaster(resolve(io.cwd, file));
  const settings = settingsBeside(context.settings, salt);
  const { ruleSet, problems } = loadReactors(settings);
  const findings = await examine(salt, {
    user: { name: userInfo().username, id: process.getuid?.() ?? -1 },
    loaded: { rules: ruleSet.rules.length, problems },
    saltCall: settings.salt.callCommand,
    path: io.env['PATH'] ?? '',
    clock: systemClock,
    ids: systemIds(systemClock),
  });
  if (context.options.out === undefined) for (const finding of findings) io.out(lineOf(finding, context));
  else context.print(findings.map(toValue));
  return findings.some(({ level }) => level === 'error') ? exitCodes.failed : exitCodes.done;
}

function lineOf({ level, about, text, change }: Finding, { paint }: Context): string {
  const mark = level === 'ok' ? paint.good('ok     ') : paint.bad(level === 'error' ? 'error  ' : 'warning');
  const advice = change === undefined ? '' : `        → ${harmless(change)}\n`;
  return `${mark} ${about}: ${harmless(text)}\n${advice}`;
}

function toValue({ level, about, text, change }: Finding): Value {
  return mapOf({ level, about, text, change });
}
