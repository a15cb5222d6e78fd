import { readFileSync } from 'node:fs';
import { BrineError, messageOf } from '../../core/index.ts';
import type { Io } from '../io.ts';

/**
 * A new password: the first line of a file (`-` is standard input), or asked for twice. Never an argument, because
 * every user of the host sees those. Throws BAD_ARGUMENT.
 */
export async function readPassword(io: Io, file: string | undefined): Promise<string> {
  if (file !== undefined) return firstLine(file);
  if (!io.inIsTerminal)
    throw new BrineError(
      'BAD_ARGUMENT',
      'There is no terminal to ask on: give --password-file FILE (- is standard input).',
    );
  const ask = io.askSecret ?? io.ask;
  const first = await ask('Password: ');
  if ((await ask('Again: ')) === first) return first;
  throw new BrineError('BAD_ARGUMENT', 'The two passwords differ.');
}

function firstLine(file: string): string {
  try {
    const [line = ''] = readFileSync(file === '-' ? 0 : file, 'utf8').split(/\r?\n/);
    return line;
  } catch (cause) {
    throw new BrineError('BAD_ARGUMENT', `The password cannot be read: ${messageOf(cause)}.`, { cause });
  }
}
