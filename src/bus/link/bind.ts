import { chmodSync, existsSync, rmSync, unlinkSync } from 'node:fs';
import { connect } from 'node:net';
import type { Router } from 'zeromq';
import { BrineError, systemCode } from '../../core/index.ts';
import { checkSocketPath } from './sockets.ts';

/** Binds one address and gives it back with its real port. Throws PORT_IN_USE or SOCKET_PATH_TOO_LONG. */
export async function bindEndpoint(socket: Router, endpoint: string): Promise<string> {
  const path = pathOf(endpoint);
  if (path !== undefined) await makeWay(path, endpoint);
  try {
    await socket.bind(endpoint);
  } catch (cause) {
    if (systemCode(cause) === 'EADDRINUSE') throw inUse(endpoint, cause);
    throw new BrineError('BAD_CONFIG', `Cannot listen on ${endpoint}: ${(cause as Error).message}.`, {
      cause,
      fields: { endpoint },
    });
  }
  if (path !== undefined) chmodSync(path, 0o600);
  return socket.lastEndpoint ?? endpoint;
}

/** ZeroMQ leaves socket files behind. Call it once the socket has let go of them. */
export function removeSocketFiles(endpoints: readonly string[]): void {
  for (const endpoint of endpoints) {
    const path = pathOf(endpoint);
    if (path !== undefined) rmSync(path, { force: true });
  }
}

function pathOf(endpoint: string): string | undefined {
  return endpoint.startsWith('ipc://') ? endpoint.slice('ipc://'.length) : undefined;
}

/** ZeroMQ would silently take over a socket file that a running process listens on. */
async function makeWay(path: string, endpoint: string): Promise<void> {
  checkSocketPath(path);
  if (!existsSync(path)) return;
  if (await someoneListens(path)) throw inUse(endpoint, undefined);
  unlinkSync(path);
}

function someoneListens(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });
}

function inUse(endpoint: string, cause: unknown): BrineError {
  return new BrineError('PORT_IN_USE', `The address ${endpoint} is in use by another process.`, {
    cause,
    fields: { endpoint },
  });
}
