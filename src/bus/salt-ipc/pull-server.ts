import { messageOf } from '../../core/index.ts';
import { eventOf, type SaltEvent } from './event-body.ts';
import { FrameSplitter } from './frame-splitter.ts';
import type { SaltFraming } from './framing.ts';
import { listenOn } from './listen.ts';

export interface SaltPullOptions {
  readonly path: string;
  readonly frameBytesMax: number;
  /** Only this framing is taken; both unless given. */
  readonly framing?: SaltFraming;
  readonly events: (events: readonly SaltEvent[]) => void;
  readonly refused: (reason: string) => void;
}

/** Salt's pull socket from the server's side. */
export interface SaltPull {
  close(): Promise<void>;
}

/** Throws SOCKET_PATH_TOO_LONG and what listening throws. */
export async function serveSaltPull(options: SaltPullOptions): Promise<SaltPull> {
  return listenOn(options.path, (socket) => {
    const splitter = new FrameSplitter(options.frameBytesMax);
    socket.on('data', (chunk) => {
      const events: SaltEvent[] = [];
      try {
        for (const frame of splitter.push(chunk)) {
          const event = frame.kind === 'body' ? eventOf(frame.body) : `a frame is ${frame.kind}`;
          if (options.framing !== undefined && splitter.framing !== options.framing) continue;
          if (typeof event === 'string') options.refused(event);
          else events.push(event);
        }
      } catch (error) {
        options.refused(messageOf(error));
        socket.destroy();
      }
      if (events.length > 0) options.events(events);
    });
  });
}
