import { chmod, copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { keyText, messageOf, toJson } from '../../core/index.ts';
import { type RunOptions, runProgram } from '../process/run.ts';
import { splitWords } from '../process/words.ts';
import type { Arguments } from './arguments.ts';
import { CommandFailed, InvalidArguments } from './errors.ts';
import type { Call } from './types.ts';

/** The words that `cmd` stands for: a shell with it, or the program itself. */
export function programOf(args: Arguments): readonly string[] {
  const list = args.list('cmd');
  if (list !== null) return list.map((word) => (typeof word === 'string' ? word : toJson(word)));
  const line = args.text('cmd');
  if (line.includes('\0')) throw new InvalidArguments('cmd holds a NUL character');
  if (args.flag('python_shell')) return [args.textOr('shell', '/bin/sh'), '-c', line];
  const words = wordsOf(line, 'cmd');
  if (words.length === 0) throw new InvalidArguments('cmd is empty');
  return words;
}

/** A private copy of the script that may be executed, with its arguments. */
export async function scriptOf(
  args: Arguments,
): Promise<{ argv: readonly string[]; remove(): Promise<void> }> {
  const source = args.text('source');
  const path = source.startsWith('file://') ? fileURLToPath(source) : source;
  if (!isAbsolute(path)) throw new InvalidArguments(`${source} is not a path on this host`);
  const words = args.value('args') === null ? [] : wordsOf(args.text('args'), 'args');
  const folder = await mkdtemp(join(tmpdir(), 'brine-script-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const copy = join(folder, 'script');
    await copyFile(path, copy);
    const runas = args.value('runas') !== null;
    await chmod(copy, runas ? 0o755 : 0o700);
    if (runas) await chmod(folder, 0o755);
    return { argv: [copy, ...words], remove };
  } catch (cause) {
    await remove();
    throw new CommandFailed(`The script ${source} cannot be read: ${messageOf(cause)}`);
  }
}

/** Everything around the program: folder, environment, input, time limit, user. */
export async function contextOf(args: Arguments, call: Call): Promise<Omit<RunOptions, 'argv'>> {
  const account = args.value('runas') === null ? null : await accountOf(args.text('runas'), call);
  const timeoutS = args.value('timeout') === null ? 0 : args.number('timeout');
  return {
    cwd: args.value('cwd') === null ? account?.home : args.text('cwd'),
    env: environmentOf(args, account),
    stdin: args.value('stdin') === null ? undefined : args.text('stdin'),
    timeoutMs: timeoutS > 0 ? timeoutS * 1000 : undefined,
    user: account === null ? undefined : { uid: account.uid, gid: account.gid },
    signal: call.signal,
    clock: call.clock,
  };
}

function environmentOf(args: Arguments, account: Account | null): Record<string, string> {
  const environment: Record<string, string> = {};
  if (!args.flag('clean_env')) {
    for (const [name, value] of Object.entries(process.env)) environment[name] = value ?? '';
  }
  if (account !== null) {
    environment['HOME'] = account.home;
    environment['USER'] = account.name;
    environment['LOGNAME'] = account.name;
  }
  const given = args.value('env');
  const maps = given instanceof Map ? [given] : (args.list('env') ?? []);
  if (given !== null && !(given instanceof Map) && !Array.isArray(given))
    throw new InvalidArguments('env must be a map');
  for (const map of maps) {
    if (!(map instanceof Map)) throw new InvalidArguments('env must be a map or a list of maps');
    for (const [name, value] of map)
      environment[keyText(name)] = typeof value === 'string' ? value : toJson(value);
  }
  return environment;
}

interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

async function accountOf(name: string, call: Call): Promise<Account> {
  if (!/^[A-Za-z_][\w.-]*\$?$/.test(name)) throw new InvalidArguments(`${name} is not a user name`);
  if (process.getuid?.() !== 0)
    throw new CommandFailed(
      `runas needs a minion that runs as root (this one has uid ${process.getuid?.()}).`,
    );
  const found = await runProgram({ argv: ['getent', 'passwd', name], clock: call.clock });
  const fields = found.stdout.split('\n')[0]?.split(':') ?? [];
  if (found.code !== 0 || fields.length < 7) throw new CommandFailed(`User '${name}' is not available`);
  return { name, uid: Number(fields[2]), gid: Number(fields[3]), home: fields[5] ?? '/' };
}

function wordsOf(line: string, name: string): string[] {
  try {
    return splitWords(line);
  } catch (cause) {
    throw new InvalidArguments(`${name}: ${messageOf(cause)}`);
  }
}
