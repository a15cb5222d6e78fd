import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { BrineError } from '../../core/index.ts';

const pathBytesMax = 107;

/** A unix socket of mode 0600. What a process that is gone has left there is removed first. */
export async function listenOn(
  path: string,
  accept: (socket: Socket) => void,
): Promise<{ close(): Promise<void> }> {
  if (Buffer.byteLength(path) > pathBytesMax)
    throw new BrineError('SOCKET_PATH_TOO_LONG', `${path} is longer than ${pathBytesMax} bytes.`, {
      fields: { path },
    });
  rmSync(path, { force: true });
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => open.delete(socket));
    accept(socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  chmodSync(path, 0o600);
  return {
    close: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
