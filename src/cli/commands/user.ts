import type { Command } from 'commander';
import type { Value } from '../../core/index.ts';
import { addUser, changePassword, openUserFile, removeUser } from '../../http/index.ts';
import { systemClock } from '../../system/index.ts';
import { type Context, contextOf } from '../context.ts';
import { exitCodes } from '../failure.ts';
import { readPassword } from '../input/password.ts';
import { type RightsFlags, rightsFrom, rightsOptions, rightsShown } from '../input/rights.ts';
import type { Io } from '../io.ts';
import type { Act, Register } from '../register.ts';

interface PasswordFlags {
  readonly passwordFile?: string;
}

export const registerUser: Register = (program, io, act) => {
  const user = program
    .command('user')
    .summary('manage the users of the REST API')
    .description('Manages who may log in to the REST API. Changes take effect at once.');
  registerAdd(user, io, act);
  passwordOption(
    user
      .command('passwd')
      .description('Changes a password, which ends the logins from before.')
      .argument('<name>'),
  ).action(
    act(async (name: string, flags: PasswordFlags, command: Command) => {
      const file = fileOf(contextOf(command, io));
      await changePassword(file, name, await readPassword(io, flags.passwordFile), systemClock.nowMs());
      io.out(`The password of ${name} is changed.\n`);
      return exitCodes.done;
    }),
  );
  user
    .command('list')
    .description('Lists the users and what each may do.')
    .action(
      act(async (_flags: object, command: Command) => {
        const context = contextOf(command, io);
        const users = [...fileOf(context).read()].map(([name, record]): [Value, Value] => [
          name,
          new Map<Value, Value>([
            ...rightsShown(record),
            ['created', new Date(record.createdMs).toISOString()],
          ]),
        ]);
        context.print(new Map(users));
        return exitCodes.done;
      }),
    );
  user
    .command('remove')
    .description('Removes a user and ends its logins.')
    .argument('<name>')
    .action(
      act(async (name: string, _flags: object, command: Command) => {
        await removeUser(fileOf(contextOf(command, io)), name);
        io.out(`The user ${name} is removed.\n`);
        return exitCodes.done;
      }),
    );
};

function registerAdd(user: Command, io: Io, act: Act): void {
  const add = passwordOption(user.command('add').description('Adds a user.').argument('<name>'));
  rightsOptions(add, 'all').action(
    act(async (name: string, flags: RightsFlags & PasswordFlags, command: Command) => {
      const file = fileOf(contextOf(command, io));
      const rights = rightsFrom(flags, ['*']);
      const password = await readPassword(io, flags.passwordFile);
      await addUser(file, name, password, rights, systemClock.nowMs());
      const note =
        rights.perms.length === 0 ? ' It may run nothing: no --perm and no --admin was given.' : '';
      io.out(`The user ${name} is added.${note}\n`);
      return exitCodes.done;
    }),
  );
}

function passwordOption(command: Command): Command {
  return command.option('--password-file <file>', 'read the password from a file; - is standard input');
}

function fileOf({ settings }: Context): ReturnType<typeof openUserFile> {
  return openUserFile(settings.dataDir);
}
