import type { Socket } from 'node:net';
import type { EventBatch, EventLog } from '../../core/index.ts';
import { encodeSaltFrame, type SaltFraming, saltBody } from './framing.ts';
import { listenOn } from './listen.ts';

export interface SaltPubOptions {
  readonly path: string;
  /** What the readers expect: nothing in the protocol lets a server find out. */
  readonly framing: SaltFraming;
  readonly log: EventLog;
  /** Events that a reader did not get, because the log had dropped them before it read so far. */
  readonly missed: (events: number) => void;
  readonly failed: (error: unknown) => void;
}

/** Salt's pub socket from the server's side: every reader gets every event from its connection on. */
export interface SaltPub {
  readonly readers: number;
  close(): Promise<void>;
}

/** Bytes that are read from the log, and wait in a connection, at once. */
const chunkBytes = 256 * 1024;

/** Throws SOCKET_PATH_TOO_LONG and what listening throws. */
export async function serveSaltPub(options: SaltPubOptions): Promise<SaltPub> {
  const readers = new Set<LogReader>();
  const server = await listenOn(options.path, (socket) => {
    const reader = new LogReader(socket, options);
    readers.add(reader);
    socket.once('close', () => readers.delete(reader));
  });
  const stopListening = options.log.onAppend(() => {
    for (const reader of readers) reader.write();
  });
  return {
    get readers() {
      return readers.size;
    },
    close: () => {
      stopListening();
      return server.close();
    },
  };
}

/**
 * One reader. The log is its queue: it is read as far as the connection takes it, so that a reader that is slow
 * costs no memory, and is not cut off as on Salt's own bus.
 */
class LogReader {
  readonly #socket: Socket;
  readonly #options: SaltPubOptions;
  #at: number;

  constructor(socket: Socket, options: SaltPubOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#at = options.log.nextSeq();
    // What a reader says means nothing here; it is read so that its end is seen.
    socket.resume();
    socket.on('drain', () => this.write());
  }

  write(): void {
    try {
      while (!this.#socket.destroyed && !this.#socket.writableNeedDrain) {
        const batches = this.#options.log.read(this.#at, chunkBytes);
        if (batches.length === 0) return;
        for (const batch of batches) this.#send(batch);
      }
    } catch (error) {
      this.#options.failed(error);
      this.#socket.destroy();
    }
  }

  #send(batch: EventBatch): void {
    if (batch.firstSeq > this.#at) this.#options.missed(batch.firstSeq - this.#at);
    const { framing } = this.#options;
    const frames = batch.tags.map((tag, i) =>
      encodeSaltFrame(saltBody(tag, batch.bodies[i] ?? new Uint8Array()), framing),
    );
    this.#socket.write(Buffer.concat(frames));
    this.#at = batch.firstSeq + batch.tags.length;
  }
}
