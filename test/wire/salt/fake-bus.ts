import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import {
  encodeSaltFrame,
  eventOf,
  FrameSplitter,
  type SaltEvent,
  type SaltFraming,
  type SaltSockets,
  saltBody,
} from '../../../src/bus/index.ts';

export interface FakeWire {
  readonly pub: SaltFraming;
  readonly pull: SaltFraming;
}

/** Salt's two event sockets as one release has them: what comes in the wrong form vanishes without a word. */
export class FakeBus {
  readonly #wire: FakeWire;
  readonly #readers = new Set<Socket>();
  readonly #others = new Set<Socket>();
  readonly #servers: Server[] = [];

  constructor(wire: FakeWire) {
    this.#wire = wire;
  }

  get readers(): number {
    return this.#readers.size;
  }

  async open({ pub, pull }: SaltSockets, fired: (event: SaltEvent) => void): Promise<void> {
    await this.#listen(pub, (socket) => {
      this.#readers.add(socket);
      socket.resume();
      socket.once('close', () => this.#readers.delete(socket));
    });
    await this.#listen(pull, (socket) => {
      this.#others.add(socket);
      socket.once('close', () => this.#others.delete(socket));
      const splitter = new FrameSplitter();
      socket.on('data', (chunk) => {
        for (const frame of splitter.push(chunk)) {
          if (splitter.framing !== this.#wire.pull || frame.kind !== 'body') continue;
          const event = eventOf(frame.body);
          if (typeof event !== 'string') fired(event);
        }
      });
    });
  }

  emit(tag: string, data: Uint8Array): void {
    const frame = encodeSaltFrame(saltBody(tag, data), this.#wire.pub);
    for (const reader of this.#readers) reader.write(frame);
  }

  async close(): Promise<void> {
    for (const socket of [...this.#readers, ...this.#others]) socket.destroy();
    await Promise.all(this.#servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }

  #listen(path: string, accept: (socket: Socket) => void): Promise<void> {
    rmSync(path, { force: true });
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      accept(socket);
    });
    this.#servers.push(server);
    return new Promise((resolve) => server.listen(path, resolve));
  }
}
