import type { Socket } from 'node:net';
import { messageOf } from '../../core/index.ts';
import { eventOf, type SaltEvent } from './event-body.ts';
import { FrameSplitter } from './frame-splitter.ts';
import { listenOn } from './listen.ts';

export interface SaltPullOptions {
  readonly path: string;
  readonly frameBytesMax: number;
  /** Takes what arrived together; the connection is read on when it resolves. It must not reject. */
  readonly events: (events: readonly SaltEvent[]) => Promise<void>;
  readonly refused: (reason: string) => void;
}

/** Salt's pull socket from the server's side. */
export interface SaltPull {
  close(): Promise<void>;
}

/** Both framings are taken, each connection as it begins. Throws SOCKET_PATH_TOO_LONG and what listening throws. */
export async function serveSaltPull(options: SaltPullOptions): Promise<SaltPull> {
  return listenOn(options.path, (socket) => {
    const splitter = new FrameSplitter(options.frameBytesMax);
    socket.on('data', (chunk) => {
      const events = eventsIn(chunk, socket, splitter, options);
      if (events.length === 0) return;
      // Salt's senders hear nothing back; a connection that is not read is the only way to make them wait.
      socket.pause();
      void options.events(events).then(() => socket.resume());
    });
  });
}

function eventsIn(
  chunk: Buffer,
  socket: Socket,
  splitter: FrameSplitter,
  { refused }: SaltPullOptions,
): SaltEvent[] {
  const events: SaltEvent[] = [];
  try {
    for (const frame of splitter.push(chunk)) {
      const event = frame.kind === 'body' ? eventOf(frame.body) : `a frame is ${frame.kind}`;
      if (typeof event === 'string') refused(event);
      else events.push(event);
    }
  } catch (error) {
    refused(messageOf(error));
    socket.destroy();
  }
  return events;
}
