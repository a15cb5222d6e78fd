import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import type { Socket } from 'node:net';

/** As much of a websocket client as the tests need: texts both ways. */
export class WebsocketClient {
  readonly texts: string[] = [];
  /** Resolves when the connection is one; rejects with the status when it is refused. */
  readonly open: Promise<void>;
  /** Why the server ended it: `1008 …`; empty when it said nothing. */
  readonly closed: Promise<string>;
  #socket: Socket | undefined;
  #reason = '';
  #rest: Buffer = Buffer.alloc(0);

  constructor(port: number, path: string, headers: Record<string, string> = {}) {
    const upgrade = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': randomBytes(16).toString('base64'),
    };
    const sent = request({
      port,
      host: '127.0.0.1',
      path,
      headers: { ...headers, ...upgrade },
      agent: false,
    });
    let gone: () => void = () => undefined;
    this.closed = new Promise((resolve) => {
      gone = () => resolve(this.#reason);
    });
    this.open = new Promise((resolve, reject) => {
      sent.on('upgrade', (_response, socket: Socket, head: Buffer) => {
        this.#socket = socket;
        socket.on('error', () => undefined);
        socket.on('close', gone);
        socket.on('data', (bytes: Buffer) => this.#take(bytes));
        this.#take(head);
        resolve();
      });
      sent.on('response', ({ statusCode }) => reject(new Error(`status ${statusCode}`)));
      sent.on('error', reject);
    });
    sent.end();
  }

  send(text: string): void {
    const payload = Buffer.from(text);
    const mask = randomBytes(4);
    const masked = payload.map((byte, i) => byte ^ (mask[i % 4] ?? 0));
    this.#socket?.write(Buffer.concat([Buffer.from([0x81, 0x80 | payload.length]), mask, masked]));
  }

  close(): void {
    this.#socket?.destroy();
  }

  /** Takes nothing more from the connection, as a client that hangs. */
  pause(): void {
    this.#socket?.pause();
  }

  resume(): void {
    this.#socket?.resume();
  }

  #take(bytes: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    for (;;) {
      const [first = 0, second = 0] = this.#rest;
      const short = second & 0x7f;
      const headBytes = short === 127 ? 10 : short === 126 ? 4 : 2;
      if (this.#rest.length < headBytes) return;
      const length =
        short === 127
          ? Number(this.#rest.readBigUInt64BE(2))
          : short === 126
            ? this.#rest.readUInt16BE(2)
            : short;
      if (this.#rest.length < headBytes + length) return;
      const payload = this.#rest.subarray(headBytes, headBytes + length);
      if ((first & 0x0f) === 1) this.texts.push(payload.toString());
      if ((first & 0x0f) === 8) {
        this.#reason = `${payload.readUInt16BE(0)} ${payload.subarray(2).toString()}`;
        this.#socket?.end();
      }
      this.#rest = this.#rest.subarray(headBytes + length);
    }
  }
}
