import { createConnection } from 'node:net';
import { BrineError, systemCode } from '../core/index.ts';

/**
 * Finds out at once whether anybody listens on a unix socket, because a ZeroMQ connection would wait for
 * one to come. Throws NOT_RUNNING, with the role and the path.
 */
export function probeSocket(path: string, role: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ path });
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', (cause) => reject(notRunning(path, role, cause)));
  });
}

function notRunning(path: string, role: string, cause: Error): BrineError {
  const code = systemCode(cause);
  const fields = { path, role };
  if (code === 'EACCES' || code === 'EPERM') {
    const message = `The ${role}'s socket ${path} belongs to another system user.`;
    return new BrineError('KEY_REFUSED', message, { fields, cause });
  }
  return new BrineError('NOT_RUNNING', `No ${role} listens on ${path}.`, { fields, cause });
}
