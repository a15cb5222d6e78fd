import { statSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { type Clock, messageOf, systemCode } from '../../core/index.ts';
import { eventOf, type SaltEvent } from './event-body.ts';
import { FrameSplitter, type SaltFrame } from './frame-splitter.ts';
import type { SaltFraming } from './framing.ts';

export interface SaltReaderOptions {
  /** A `…_event_pub.ipc`. */
  readonly path: string;
  readonly clock: Clock;
  /** Larger frames are passed over and told of. */
  readonly frameBytesMax: number;
  readonly connected: () => void;
  /** What arrived together, in order. It must not wait: the socket is drained whatever becomes of the events. */
  readonly events: (events: readonly SaltEvent[]) => void;
  /** A frame that is no event, or too large. */
  readonly refused: (reason: string, kind: 'bad' | 'too-large') => void;
  /** The connection is lost, or none can be made; told again only when the reason changes. */
  readonly lost: (reason: string) => void;
}

export interface SaltReader {
  /** What the pub socket sends; undefined until something was read on this connection. */
  readonly framing: SaltFraming | undefined;
  close(): void;
}

/** Salt's own readers try again every second. */
const retryMs = 1000;
const watchMs = 1000;

/** Reads a bus, and connects again whenever the connection is lost, until it is closed. */
export function readSaltEvents(options: SaltReaderOptions): SaltReader {
  return new EventReader(options);
}

class EventReader implements SaltReader {
  readonly #options: SaltReaderOptions;
  #socket: Socket | undefined;
  #splitter: FrameSplitter;
  #told = '';
  #cancel: () => void = () => undefined;
  #closed = false;

  constructor(options: SaltReaderOptions) {
    this.#options = options;
    this.#splitter = new FrameSplitter(options.frameBytesMax);
    this.#connect();
  }

  get framing(): SaltFraming | undefined {
    return this.#splitter.framing;
  }

  close(): void {
    this.#closed = true;
    this.#cancel();
    this.#socket?.destroy();
  }

  #connect(): void {
    if (this.#closed) return;
    this.#splitter = new FrameSplitter(this.#options.frameBytesMax);
    const { path } = this.#options;
    const socket = createConnection({ path });
    this.#socket = socket;
    let reason = 'the master closed the connection';
    socket.once('connect', () => {
      this.#told = '';
      this.#watchFile(socket, fileOf(path));
      this.#options.connected();
    });
    socket.on('data', (chunk) => {
      try {
        this.#deliver(this.#splitter.push(chunk));
      } catch (error) {
        reason = `the stream cannot be read: ${messageOf(error)}`;
        socket.destroy();
      }
    });
    socket.on('error', (error) => {
      reason = why(error, path);
    });
    socket.once('close', () => this.#lost(reason));
  }

  #deliver(frames: readonly SaltFrame[]): void {
    const events: SaltEvent[] = [];
    for (const frame of frames) {
      if (frame.kind === 'body') {
        const event = eventOf(frame.body);
        if (typeof event !== 'string') events.push(event);
        else this.#options.refused(event, 'bad');
      } else if (frame.kind === 'too-large') this.#options.refused(`${frame.bytes} bytes`, 'too-large');
      else this.#options.refused('a frame has no body', 'bad');
    }
    if (events.length > 0) this.#options.events(events);
  }

  /**
   * A master that was killed can leave its publisher running, and with it this connection, on which nothing
   * will ever come: the new master has put another socket in its place.
   */
  #watchFile(socket: Socket, connectedTo: number | undefined): void {
    this.#cancel();
    this.#cancel = this.#options.clock.after(watchMs, () => {
      if (socket.destroyed || this.#closed) return;
      const now = fileOf(this.#options.path);
      if (now === connectedTo || now === undefined) this.#watchFile(socket, connectedTo);
      else socket.destroy(new Error('another process has put its socket there'));
    });
  }

  #lost(reason: string): void {
    if (this.#closed) return;
    if (reason !== this.#told) {
      this.#told = reason;
      this.#options.lost(reason);
    }
    this.#cancel();
    this.#cancel = this.#options.clock.after(retryMs, () => this.#connect());
  }
}

function fileOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}

/** Why a socket of Salt's cannot be used, in words that say what to do. */
export function why(error: Error, path: string): string {
  switch (systemCode(error)) {
    case 'ENOENT':
    case 'ECONNREFUSED':
      return `nobody listens on ${path}`;
    case 'EACCES':
      return `this user may not use ${path}: run as the user that the master runs as`;
    default:
      return error.message;
  }
}
