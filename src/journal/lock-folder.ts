import { closeSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import { BrineError, systemCode } from '../core/index.ts';

/** Bytes that the system takes as the address of a unix socket, without the NUL at the end. */
const addressBytesMax = process.platform === 'linux' ? 107 : 103;
const attemptsMax = 5;
const name = 'lock.sock';

export interface FolderLock {
  release(): Promise<void>;
}

/**
 * Makes this process the only user of a folder, or throws DATA_DIR_IN_USE with the holder's process id.
 * The lock is a socket on which the holder listens: when the holder dies in whatever way, nobody listens any
 * more, and the next one takes the folder. `role` is told to whoever is refused.
 */
export async function lockFolder(folder: string, role: string): Promise<FolderLock> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const place = socketPlace(folder);
  try {
    const server = await takeLock(folder, place.path, `${process.pid} ${role}`);
    return {
      release: async () => {
        await close(server);
        place.release();
      },
    };
  } catch (error) {
    place.release();
    throw error;
  }
}

async function takeLock(folder: string, path: string, greeting: string): Promise<Server> {
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const server = await listen(path, greeting);
    if (server !== null) return server;
    const holder = await ask(path);
    if (holder !== null) throw inUse(folder, holder);
    await clear(path, folder, attempt);
  }
  throw inUse(folder, 'unknown');
}

/** Where the socket is; a folder with a long path is named by a descriptor, where the system can do that. */
function socketPlace(folder: string): { path: string; release: () => void } {
  const path = join(folder, name);
  // The name that `clear` moves a dead socket to is a little longer.
  if (Buffer.byteLength(path) + 16 <= addressBytesMax) return { path, release: () => undefined };
  if (process.platform !== 'linux')
    throw new BrineError('SOCKET_PATH_TOO_LONG', `${path} is longer than ${addressBytesMax} bytes.`, {
      fields: { path },
    });
  const descriptor = openSync(folder, 'r');
  return { path: `/proc/self/fd/${descriptor}/${name}`, release: () => closeSync(descriptor) };
}

function listen(path: string, greeting: string): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.end(greeting);
    });
    server.once('error', (error) => {
      if (systemCode(error) === 'EADDRINUSE') resolve(null);
      else reject(error);
    });
    // The lock alone is no reason to keep the process alive.
    server.listen(path, () => resolve(server.unref()));
  });
}

/** What the holder says of itself, or null when nobody listens. */
function ask(path: string): Promise<string | null> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(path);
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      text += chunk;
    });
    socket.on('end', () => resolve(text));
    socket.on('error', (error) => {
      const code = systemCode(error);
      if (code === 'ECONNREFUSED' || code === 'ENOENT') resolve(null);
      else if (code === 'EAGAIN' || code === 'ECONNRESET' || code === 'EPIPE') resolve(text);
      else reject(error);
    });
  });
}

/**
 * Takes a dead socket away. Between asking and taking, another process may have put a living one there; the
 * name moves with the socket, so asking once more under the new name tells, and it is put back.
 */
async function clear(path: string, folder: string, attempt: number): Promise<void> {
  const aside = join(dirname(path), `.${process.pid}.${attempt}`);
  try {
    renameSync(path, aside);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return;
    throw error;
  }
  const holder = await ask(aside);
  if (holder === null) {
    rmSync(aside, { force: true });
    return;
  }
  renameSync(aside, path);
  throw inUse(folder, holder);
}

function inUse(folder: string, holder: string): BrineError {
  const [pid = '?', ...role] = holder.split(' ');
  const who = role.length > 0 ? `${role.join(' ')}, process ${pid}` : 'another process';
  return new BrineError('DATA_DIR_IN_USE', `${folder} is in use by ${who}.`, {
    fields: { folder, pid: Number(pid) || null, role: role.join(' ') },
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
