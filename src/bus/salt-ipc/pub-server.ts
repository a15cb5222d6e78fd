import type { Socket } from 'node:net';
import { encodeSaltFrame, type SaltFraming } from './framing.ts';
import { listenOn } from './listen.ts';

export interface SaltPubOptions {
  readonly path: string;
  /** What the readers expect: nothing in the protocol lets a server find out. */
  readonly framing: SaltFraming;
  /** Bytes that may wait for one reader before it is cut off. */
  readonly waitingBytesMax: number;
  readonly cut?: (reason: string) => void;
}

/** Salt's pub socket from the server's side: every reader gets every event from its connection on. */
export interface SaltPub {
  publish(body: Uint8Array): void;
  readonly readers: number;
  close(): Promise<void>;
}

/** Throws SOCKET_PATH_TOO_LONG and what listening throws. */
export async function serveSaltPub(options: SaltPubOptions): Promise<SaltPub> {
  const readers = new Set<Socket>();
  const server = await listenOn(options.path, (socket) => {
    readers.add(socket);
    // What a reader says means nothing here; it is read so that its end is seen.
    socket.resume();
    socket.once('close', () => readers.delete(socket));
  });
  return {
    publish: (body) => {
      const frame = encodeSaltFrame(body, options.framing);
      for (const reader of readers) {
        if (reader.writableLength + frame.length > options.waitingBytesMax) {
          readers.delete(reader);
          reader.destroy();
          options.cut?.(`it left ${reader.writableLength} bytes unread`);
        } else reader.write(frame);
      }
    },
    get readers() {
      return readers.size;
    },
    close: () => server.close(),
  };
}
