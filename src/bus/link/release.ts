import type { Socket } from 'zeromq';

/**
 * Resolves when ZeroMQ has let go of a socket's addresses, which is some time after `close`. Call it while
 * the socket is open.
 */
export async function whenReleased(socket: Socket): Promise<void> {
  for await (const event of socket.events) if (event.type === 'end') return;
}
