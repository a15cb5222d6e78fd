import type { Command } from 'commander';
import { BrineError, type Value } from '../../core/index.ts';
import { addToken, openTokenFile, openTokenUse, revokeToken } from '../../http/index.ts';
import { systemClock } from '../../system/index.ts';
import { contextOf } from '../context.ts';
import { exitCodes } from '../failure.ts';
import { parseDuration } from '../input/duration.ts';
import { type RightsFlags, rightsFrom, rightsOptions, rightsShown } from '../input/rights.ts';
import type { Io } from '../io.ts';
import type { Act, Register } from '../register.ts';

export const registerToken: Register = (program, io, act) => {
  const token = program
    .command('token')
    .summary('manage the tokens of the REST API')
    .description('Manages keys by which programs use the REST API. Changes take effect at once.');
  registerAdd(token, io, act);
  token
    .command('list')
    .description('Lists the tokens: what each may do, when it expires, when it was last used.')
    .action(
      act(async (_flags: object, command: Command) => {
        const context = contextOf(command, io);
        const { dataDir } = context.settings;
        const used = openTokenUse(dataDir).read();
        const tokens = [...openTokenFile(dataDir).read()].map(([name, record]): [Value, Value] => [
          name,
          new Map<Value, Value>([
            ...rightsShown(record),
            ['created', timeText(record.createdMs)],
            ['expires', timeText(record.expiresMs)],
            ['last_used', timeText(used.get(name) ?? null)],
          ]),
        ]);
        context.print(new Map(tokens));
        return exitCodes.done;
      }),
    );
  token
    .command('revoke')
    .description('Takes a token back; open streams of it end.')
    .argument('<name>')
    .action(
      act(async (name: string, _flags: object, command: Command) => {
        await revokeToken(openTokenFile(contextOf(command, io).settings.dataDir), name);
        io.out(`The token ${name} is revoked.\n`);
        return exitCodes.done;
      }),
    );
};

function registerAdd(token: Command, io: Io, act: Act): void {
  const add = token
    .command('add')
    .description('Makes a token and prints it, this once. Without any option it may do nothing.')
    .argument('<name>')
    .option('--expires <time>', 'after so long, such as 12h or 90d (default: never)');
  rightsOptions(add, 'none').action(
    act(async (name: string, flags: RightsFlags & { expires?: string }, command: Command) => {
      const rights = rightsFrom(flags, []);
      if (rights.perms.length + rights.read.length + rights.emit.length === 0)
        throw new BrineError(
          'BAD_ARGUMENT',
          'Give the token something to do: --perm, --admin, --read or --emit.',
        );
      const nowMs = systemClock.nowMs();
      const expiresMs = flags.expires === undefined ? null : nowMs + durationOf(flags.expires);
      const file = openTokenFile(contextOf(command, io).settings.dataDir);
      io.out(`${await addToken(file, name, rights, { nowMs, expiresMs })}\n`);
      io.err('This token is shown once; send it as the header X-Auth-Token.\n');
      return exitCodes.done;
    }),
  );
}

function durationOf(text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined && ms > 0) return ms;
  throw new BrineError('BAD_ARGUMENT', `--expires takes a time such as 12h or 90d, not ${text}.`);
}

function timeText(ms: number | null): Value {
  return ms === null ? null : new Date(ms).toISOString();
}
