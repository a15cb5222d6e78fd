import { constants } from 'node:fs';
import { type FileHandle, lstat, open, rm, stat, utimes } from 'node:fs/promises';
import { isAbsolute, normalize, parse } from 'node:path';
import { keyText, messageOf, systemCode, type Value } from '../../core/index.ts';
import type { Arguments } from './arguments.ts';
import { CommandFailed, InvalidArguments } from './errors.ts';
import type { Call, MinionModule } from './types.ts';

/** Longest file that `file.read` returns, in bytes; more would not fit into a return event. */
const readBytesMax = 512 * 1024;

/** Files of the minion's host. */
export const fileModule: MinionModule = {
  touch: {
    signature: 'name, atime=None, mtime=None',
    doc: 'Makes the file when it is missing, else sets its times (seconds since 1970, default now).',
    run: (args, call) => touch(args, call),
  },
  file_exists: {
    signature: 'path',
    doc: 'Whether the path is a file.',
    run: async (args) => (await kindOf(args.text('path'))) === 'file',
  },
  directory_exists: {
    signature: 'path',
    doc: 'Whether the path is a folder.',
    run: async (args) => (await kindOf(args.text('path'))) === 'folder',
  },
  read: {
    signature: 'path, binary=False',
    doc: 'The content of a file, as text or as bytes.',
    run: (args) => read(args.text('path'), args.flag('binary')),
  },
  write: {
    signature: 'path, *args, **kwargs',
    doc: 'Replaces the content of a file with these lines.',
    run: (args) => writeLines(args, 'w'),
  },
  append: {
    signature: 'path, *args, **kwargs',
    doc: 'Adds these lines at the end of a file.',
    run: (args) => writeLines(args, 'a'),
  },
  remove: {
    signature: 'path',
    doc: 'Removes a file or a folder with all in it. False when there is none.',
    run: (args) => remove(args.text('path')),
  },
};

async function touch(args: Arguments, call: Call): Promise<Value> {
  const path = absolute(args.text('name'));
  const now = call.clock.nowMs() / 1000;
  const given = (name: string): number => (args.value(name) === null ? now : args.number(name));
  return attempt(path, async () => {
    await (await open(path, 'a')).close();
    await utimes(path, given('atime'), given('mtime'));
    return true;
  });
}

async function kindOf(path: string): Promise<'file' | 'folder' | 'other' | null> {
  try {
    const found = await stat(path);
    return found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other';
  } catch {
    return null;
  }
}

async function read(path: string, binary: boolean): Promise<Value> {
  return attempt(path, async () => {
    // Without O_NONBLOCK the open of a named pipe would wait for its writer for ever.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const size = (await file.stat()).size;
      if (size > readBytesMax)
        throw new CommandFailed(`${path} has ${size} bytes; file.read gives at most ${readBytesMax}.`);
      const bytes = await file.readFile();
      return binary ? new Uint8Array(bytes) : bytes.toString('utf8');
    } finally {
      await file.close();
    }
  });
}

async function writeLines(args: Arguments, flags: 'w' | 'a'): Promise<Value> {
  const path = absolute(args.text('path'));
  const lines = linesOf(args);
  return attempt(path, async () => {
    const file = await open(path, flags === 'a' ? 'a+' : 'w');
    try {
      const before = flags === 'a' && (await endsInLine(file)) ? '\n' : '';
      await file.writeFile(before + lines.map((line) => `${line}\n`).join(''));
    } finally {
      await file.close();
    }
    return `Wrote ${lines.length} lines to "${path}"`;
  });
}

/** Lines come as positionals, or as one list called `args`. */
function linesOf(args: Arguments): string[] {
  const named = args.extra.get('args');
  const all = named === undefined ? args.rest : Array.isArray(named) ? named : [named];
  const unknown = [...args.extra.keys()]
    .map(keyText)
    .filter((key) => key !== 'args' && !key.startsWith('__pub_'));
  if (unknown.length > 0)
    throw new InvalidArguments(`The following keyword arguments are not valid: ${unknown.join(', ')}`);
  return all.flatMap((item) => (Array.isArray(item) ? item : [item])).map(lineOf);
}

function lineOf(item: Value): string {
  if (typeof item === 'string') return item.endsWith('\n') ? item.slice(0, -1) : item;
  if (typeof item === 'number' || typeof item === 'bigint') return String(item);
  throw new InvalidArguments('every line must be text');
}

/** Whether the last line lacks its line break, so that an appended one would be glued to it. */
async function endsInLine(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return false;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] !== 10;
}

async function remove(path: string): Promise<Value> {
  const target = absolute(path);
  if (target === parse(target).root) throw new CommandFailed(`${target} is not removed.`);
  try {
    await lstat(target);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw new CommandFailed(`${target}: ${messageOf(error)}`);
  }
  return attempt(target, async () => {
    await rm(target, { recursive: true });
    return true;
  });
}

function absolute(path: string): string {
  if (!isAbsolute(path)) throw new InvalidArguments(`File path must be absolute: ${path}`);
  return normalize(path);
}

async function attempt(path: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CommandFailed) throw error;
    throw new CommandFailed(`${path}: ${messageOf(error)}`);
  }
}
