import { textAt } from '../../core/index.ts';
import { HttpError } from '../server/http-error.ts';
import type { Access } from '../users/access.ts';
import type { Caller } from '../users/caller.ts';
import { loginOf } from './login.ts';
import type { Chunk } from './lowstate.ts';

/**
 * The same for the chunks of one request: credentials that come again are checked once, because a password takes
 * long.
 */
export function chunkCallers(address: string, access: Access): (chunk: Chunk) => Promise<Caller> {
  const known = new Map<string, Promise<Caller>>();
  return (chunk) => {
    const isJob = textAt(chunk, 'client').startsWith('local');
    const shown = ['token', 'username', 'password', 'eauth'].map((key) =>
      chunk.has(key) ? textAt(chunk, key) : null,
    );
    const key = JSON.stringify([isJob, ...shown]);
    const found = known.get(key) ?? callerOfChunk(chunk, address, access);
    known.set(key, found);
    return found;
  };
}

/** Who a chunk's own `token`, or its `username`, `password` and `eauth`, say it is from. Throws 401. */
export async function callerOfChunk(chunk: Chunk, address: string, access: Access): Promise<Caller> {
  const isJob = textAt(chunk, 'client').startsWith('local');
  if (chunk.has('token')) {
    const token = textAt(chunk, 'token');
    if (!/^[0-9a-f]+$/i.test(token)) throw new HttpError(401, 'Invalid token');
    const caller = access.byToken(token, address, ['chunk']);
    if (caller !== undefined) return caller;
    throw new HttpError(
      401,
      isJob ? 'Authentication error occurred.' : 'Authentication failure of type "token" occurred.',
    );
  }
  if (!chunk.has('eauth')) throw new HttpError(401, 'No authentication credentials given');
  const login = loginOf(chunk);
  const caller = login === undefined ? undefined : await access.byPassword(login, address);
  if (caller !== undefined) return caller;
  const user = textAt(chunk, 'username').slice(0, 64);
  throw new HttpError(
    401,
    isJob
      ? 'Authentication error occurred.'
      : `Authentication failure of type "eauth" occurred for user ${user}.`,
  );
}
