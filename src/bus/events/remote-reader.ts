import { BrineError, type Clock, isBrineError } from '../../core/index.ts';
import type { BusInfo, BusMessage, SubscribeOptions } from '../types.ts';
import { packCredit, packSubscribe, unpackInfo } from './messages.ts';
import { Inbox } from './subscription.ts';

/** What a reader needs of its bus. */
export interface ReaderPort {
  readonly clock: Clock;
  readonly window: number;
  request(verb: string, payload: Uint8Array, timeoutMs: number): Promise<Uint8Array>;
  /** Registers a new subscription and names it. */
  enter(): string;
  leave(id: string): void;
}

const requestMs = 30_000;
/** Pause before a failed attempt to subscribe is repeated. */
const retryMs = 500;

/**
 * A subscription as its client keeps it: subscribes, subscribes again after each loss from behind the last
 * event that arrived, and grants credit as the consumer takes messages.
 */
export class RemoteReader {
  readonly inbox: Inbox;
  readonly #options: SubscribeOptions;
  readonly #port: ReaderPort;
  #id = '';
  /** Where to go on; null until the bus has said what "now" is. */
  #next: number | null;
  #logId = '';
  #taken = 0;
  #confirmed = false;
  #lost: (() => void) | undefined;

  constructor(options: SubscribeOptions, port: ReaderPort) {
    this.#options = options;
    this.#port = port;
    this.#next = options.from === 'now' ? null : options.from;
    this.inbox = new Inbox({ taken: () => this.#grant(), closed: () => this.#closed() });
  }

  /** Stays subscribed until the inbox ends. */
  async run(): Promise<void> {
    while (!this.inbox.ended) {
      this.#id = this.#port.enter();
      this.#confirmed = false;
      const loss = new Promise<void>((resolve) => {
        this.#lost = resolve;
      });
      try {
        this.#confirm(await this.#subscribe());
        await loss;
      } catch (error) {
        if (!isTransient(error)) this.inbox.fail(asBrineError(error));
        else if (!this.inbox.ended) await this.#pause();
      }
      this.#port.leave(this.#id);
    }
  }

  take(message: BusMessage): void {
    this.#next = message.kind === 'gap' ? message.toSeq + 1 : message.nextSeq;
    this.inbox.put(message);
  }

  cutOff(reason: string): void {
    this.inbox.fail(new BrineError('BUS_CUT_OFF', `The bus cut ${this.#options.name} off: ${reason}`));
  }

  lost(): void {
    this.#lost?.();
  }

  /** Asks whether the bus still knows this reader; a bus that lost a message's way does not. */
  ask(): void {
    if (this.#confirmed) this.#send(0);
  }

  async #subscribe(): Promise<BusInfo> {
    const { name, prefixes } = this.#options;
    const credit = this.#port.window;
    const request = { reader: this.#id, name, from: this.#next, log: this.#logId, prefixes, credit };
    this.#taken = 0;
    return unpackInfo(await this.#port.request('subscribe', packSubscribe(request), requestMs));
  }

  #confirm({ logId, nextSeq, oldestSeq }: BusInfo): void {
    this.#confirmed = true;
    if (this.#logId !== '' && this.#logId !== logId) {
      const reason = 'the bus has a new log';
      const fromSeq = this.#next ?? 0;
      this.inbox.put({ kind: 'gap', fromSeq, toSeq: oldestSeq - 1, reason });
      this.#next = oldestSeq;
    }
    this.#logId = logId;
    this.#next ??= nextSeq;
    this.inbox.confirm({ logId, nextSeq });
  }

  /** Half a window at a time, so that the sender never runs dry and grants stay few. */
  #grant(): void {
    this.#taken += 1;
    if (this.#taken * 2 < this.#port.window) return;
    const credit = this.#taken;
    this.#taken = 0;
    const id = this.#id;
    // The message in hand comes first: what it leads to should not wait until this is sent.
    setImmediate(() => {
      if (id === this.#id) this.#send(credit);
    });
  }

  #send(credit: number): void {
    if (this.inbox.ended) return;
    const id = this.#id;
    this.#port.request('credit', packCredit(id, credit), requestMs).catch((error: unknown) => {
      if (id !== this.#id) return;
      if (isBrineError(error, 'BUS_CUT_OFF')) this.cutOff(error.message);
      else this.lost();
    });
  }

  #closed(): void {
    this.lost();
    if (this.#confirmed)
      this.#port.request('unsubscribe', packCredit(this.#id, 0), requestMs).catch(() => undefined);
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#port.clock.after(retryMs, resolve);
      this.#lost = () => {
        cancel();
        resolve();
      };
    });
  }
}

/** Losses pass; what the bus refuses, it will refuse again. */
function isTransient(error: unknown): boolean {
  return isBrineError(error) && ['BUS_CLOSED', 'TIMEOUT', 'OVERLOADED', 'STOPPING'].includes(error.code);
}

function asBrineError(error: unknown): BrineError {
  return error instanceof BrineError ? error : new BrineError('BAD_MESSAGE', String(error), { cause: error });
}
