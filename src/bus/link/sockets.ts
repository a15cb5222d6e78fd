import { createHash } from 'node:crypto';
import { chmodSync, existsSync, lstatSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { BrineError } from '../../core/index.ts';

/** Bytes of a unix socket's path that the system can hold, without the NUL behind it. */
const pathBytesMax = process.platform === 'linux' ? 107 : 103;

export type SocketName = 'master' | 'work' | 'enrol' | 'reactor' | { readonly minion: string };

/** Where a process of this data folder listens. A minion's id may be long or hold `/`, so its hash names it. */
export function socketPath(sockDir: string, name: SocketName): string {
  const file =
    typeof name === 'string'
      ? name
      : `minion-${createHash('sha256').update(name.minion).digest('hex').slice(0, 10)}`;
  return join(sockDir, `${file}.ipc`);
}

/**
 * Makes the folder of the sockets, open to this user only, because some systems ignore the mode of a
 * socket file. Throws BAD_CONFIG when it is another user's, SOCKET_PATH_TOO_LONG when no socket fits.
 */
export function ensureSocketFolder(path: string): void {
  checkSocketPath(socketPath(path, { minion: '' }));
  if (!existsSync(path)) mkdirSync(path, { recursive: true, mode: 0o700 });
  const found = lstatSync(path);
  if (!found.isDirectory())
    throw new BrineError('BAD_CONFIG', `${path} is not a folder, so sockets cannot be made in it.`, {
      fields: { path },
    });
  const user = process.getuid?.();
  if (user !== undefined && found.uid !== user)
    throw new BrineError('BAD_CONFIG', `The socket folder ${path} belongs to another user.`, {
      fields: { path },
    });
  if ((found.mode & 0o077) !== 0) chmodSync(path, 0o700);
}

export function checkSocketPath(path: string): void {
  const bytes = Buffer.byteLength(path);
  if (bytes <= pathBytesMax) return;
  const message = `The socket path ${path} has ${bytes} bytes; this system allows ${pathBytesMax}. Set sock_dir to a shorter folder.`;
  throw new BrineError('SOCKET_PATH_TOO_LONG', message, { fields: { path, bytes, max: pathBytesMax } });
}
