import { createConnection, type Socket } from 'node:net';
import { BrineError, type Clock } from '../../core/index.ts';
import { encodeSaltFrame, type SaltFraming } from './framing.ts';
import { why } from './reader.ts';

export interface SaltFiringOptions {
  /** A `…_event_pull.ipc`. */
  readonly path: string;
  readonly clock: Clock;
}

/** Writes events into a bus. Salt acknowledges nothing: that a frame is written says only that somebody may read it. */
export interface SaltFiring {
  /** Resolves when the frame is written. Throws BUS_CLOSED and TIMEOUT. */
  fire(body: Uint8Array, framing: SaltFraming): Promise<void>;
  /** The next frame goes over a new connection. */
  reset(): void;
  close(): void;
}

const writeMs = 5000;

export function fireSaltEvents(options: SaltFiringOptions): SaltFiring {
  const { path, clock } = options;
  let connection: { socket: Socket; framing: SaltFraming } | undefined;
  let closed = false;

  const reset = (): void => {
    connection?.socket.destroy();
    connection = undefined;
  };

  /** A pull socket takes a connection's framing from its first byte, so each framing has its own. */
  const socketFor = (framing: SaltFraming): Socket => {
    if (connection !== undefined && connection.framing === framing && !connection.socket.destroyed)
      return connection.socket;
    reset();
    const socket = createConnection({ path });
    // Nothing comes back, but the end of the connection is only seen by reading.
    socket.resume();
    socket.on('error', () => undefined);
    connection = { socket, framing };
    return socket;
  };

  const fire = (body: Uint8Array, framing: SaltFraming): Promise<void> => {
    if (closed) return Promise.reject(new BrineError('BUS_CLOSED', 'The bus is closed.'));
    const socket = socketFor(framing);
    return new Promise((resolve, reject) => {
      const fail = (error: BrineError): void => {
        cancel();
        socket.off('close', gone);
        socket.destroy();
        reject(error);
      };
      const cancel = clock.after(writeMs, () =>
        fail(new BrineError('TIMEOUT', `${path} takes nothing within ${writeMs} ms.`)),
      );
      const gone = (): void =>
        fail(new BrineError('BUS_CLOSED', `${path} was closed while it was written to.`));
      socket.once('close', gone);
      socket.write(encodeSaltFrame(body, framing), (error) => {
        if (error) return fail(new BrineError('BUS_CLOSED', `${why(error, path)}.`, { cause: error }));
        cancel();
        socket.off('close', gone);
        resolve();
      });
    });
  };

  return {
    fire,
    reset,
    close: () => {
      closed = true;
      reset();
    },
  };
}
