import { Request } from 'zeromq';
import { BrineError, type Clock, messageOf } from '../../core/index.ts';

/** How long a request waits for a connection before it counts as not sent. */
const connectMs = 3000;
const replyBytesMax = 256 << 20;

/** One REQ socket to a Salt master: one request after the other. */
export class RequestSocket {
  readonly #socket: Request;
  readonly #clock: Clock;
  readonly #endpoint: string;
  #lost: ((reason: string) => void) | undefined;
  #spoilt = false;

  constructor({ endpoint, clock }: { readonly endpoint: string; readonly clock: Clock }) {
    this.#clock = clock;
    this.#endpoint = endpoint;
    this.#socket = new Request({
      linger: 0,
      // Only a finished connection takes the message, so that none is delivered after it was given up.
      immediate: true,
      sendTimeout: connectMs,
      maxMessageSize: replyBytesMax,
      reconnectInterval: 100,
      reconnectMaxInterval: 1000,
    });
    this.#socket.connect(endpoint);
    void this.#watch();
  }

  /** Whether an answer may still come that belongs to a request which was given up. */
  get spoilt(): boolean {
    return this.#spoilt;
  }

  async request(payload: Uint8Array, timeoutMs: number): Promise<Uint8Array> {
    try {
      await this.#socket.send(payload);
    } catch (cause) {
      this.#spoilt = true;
      throw new BrineError('BUS_CLOSED', `No Salt master answers at ${this.#endpoint}.`, { cause });
    }
    let cancel: () => void = () => undefined;
    const failed = new Promise<never>((_, reject) => {
      const fail = (reason: string): void => {
        this.#spoilt = true;
        reject(new BrineError('TIMEOUT', `The Salt master at ${this.#endpoint} ${reason}.`));
      };
      this.#lost = fail;
      cancel = this.#clock.after(timeoutMs, () => fail(`did not answer within ${timeoutMs} ms`));
    });
    try {
      const [reply] = await Promise.race([this.#receive(), failed]);
      return reply ?? new Uint8Array();
    } finally {
      this.#lost = undefined;
      cancel();
    }
  }

  close(): void {
    this.#spoilt = true;
    this.#lost?.('was let go of');
    this.#socket.close();
  }

  async #receive(): Promise<Buffer[]> {
    try {
      return await this.#socket.receive();
    } catch (error) {
      this.#spoilt = true;
      throw new BrineError('TIMEOUT', `The answer of the Salt master cannot be read: ${messageOf(error)}.`);
    }
  }

  async #watch(): Promise<void> {
    for await (const event of this.#socket.events) {
      if (event.type === 'disconnect') this.#lost?.('closed the connection before it answered');
      if (event.type === 'end') return;
    }
  }
}
