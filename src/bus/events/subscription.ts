import { BrineError } from '../../core/index.ts';
import type { BusMessage, Subscription } from '../types.ts';

/** What a subscription tells its bus. */
export interface SubscriptionPort {
  /** The consumer took a message. */
  taken(): void;
  closed(): void;
}

export type Ready = Awaited<Subscription['ready']>;

/** The consumer's end: a bounded buffer (the sender's credit is its bound) with an async iterator. */
export class Inbox implements Subscription {
  readonly ready: Promise<Ready>;
  readonly #port: SubscriptionPort;
  readonly #messages: BusMessage[] = [];
  #resolveReady: (ready: Ready) => void = () => undefined;
  #rejectReady: (error: BrineError) => void = () => undefined;
  #wake: (() => void) | undefined;
  #ended = false;
  #failure: BrineError | undefined;

  constructor(port: SubscriptionPort) {
    this.#port = port;
    this.ready = new Promise((resolve, reject) => {
      this.#resolveReady = resolve;
      this.#rejectReady = reject;
    });
    // Whoever only iterates learns of a failure there.
    this.ready.catch(() => undefined);
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Messages that the consumer has not taken. */
  get held(): number {
    return this.#messages.length;
  }

  confirm(ready: Ready): void {
    this.#resolveReady(ready);
  }

  put(message: BusMessage): void {
    if (this.#ended) return;
    this.#messages.push(message);
    this.#wakeUp();
  }

  fail(error: BrineError): void {
    if (this.#ended) return;
    this.#failure = error;
    this.#end(error);
  }

  close(): void {
    if (this.#ended) return;
    this.#messages.length = 0;
    this.#end(new BrineError('BUS_CLOSED', 'The subscription is closed.'));
  }

  #end(error: BrineError): void {
    this.#ended = true;
    this.#rejectReady(error);
    this.#wakeUp();
    this.#port.closed();
  }

  #wakeUp(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  [Symbol.asyncIterator](): AsyncIterator<BusMessage> {
    return {
      next: () => this.#next(),
      return: async () => {
        this.close();
        return { done: true, value: undefined };
      },
    };
  }

  async #next(): Promise<IteratorResult<BusMessage>> {
    while (true) {
      const message = this.#messages.shift();
      if (message !== undefined) {
        this.#port.taken();
        return { done: false, value: message };
      }
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#ended) return { done: true, value: undefined };
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
