import type { Clock, TraceEvent } from '../core/index.ts';

export type Span = Extract<TraceEvent, { kind: 'span' }>;

/** Sends spans to a collector; resolves when it has them, throws when they did not get there. */
export interface SpanSender {
  send(spans: readonly Span[]): Promise<void>;
  close(): Promise<void>;
}

export interface SpanExportOptions {
  readonly clock: Clock;
  /** Called with the first span, so that a process without one loads nothing. */
  readonly open: () => Promise<SpanSender>;
  /** Told of spans that are lost: there were too many, or the collector did not take them. */
  readonly onLost: (count: number, reason: string) => void;
}

/** Spans that wait; further ones are lost. A collector that is away must cost no more memory than this. */
const waitingMax = 4096;
const batchMax = 512;
const pauseMs = 1000;

/** Gathers spans and sends them in batches, one at a time. */
export class SpanExport {
  readonly #options: SpanExportOptions;
  #waiting: Span[] = [];
  #lost = 0;
  #sender: Promise<SpanSender> | undefined;
  #sending: Promise<void> | undefined;
  #cancelPause: (() => void) | undefined;

  constructor(options: SpanExportOptions) {
    this.#options = options;
  }

  add(span: Span): void {
    if (this.#waiting.length >= waitingMax) {
      this.#lost += 1;
      return;
    }
    this.#waiting.push(span);
    if (this.#waiting.length >= batchMax) this.#send();
    else this.#cancelPause ??= this.#options.clock.after(pauseMs, () => this.#send());
  }

  /** Sends what waits, then lets go. */
  async close(): Promise<void> {
    this.#send();
    await this.#sending;
    const sender = await this.#sender?.catch(() => undefined);
    await sender?.close();
  }

  #send(): void {
    this.#cancelPause?.();
    this.#cancelPause = undefined;
    if (this.#waiting.length > 0)
      this.#sending ??= this.#sendAll().finally(() => {
        this.#sending = undefined;
      });
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, batchMax);
      try {
        this.#sender ??= this.#options.open();
        await (await this.#sender).send(batch);
      } catch (error) {
        this.#options.onLost(batch.length, error instanceof Error ? error.message : String(error));
      }
      if (this.#lost > 0) this.#options.onLost(this.#lost, `more than ${waitingMax} spans wait`);
      this.#lost = 0;
    }
  }
}
