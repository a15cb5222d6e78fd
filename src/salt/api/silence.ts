import { type Clock, type Ids, mapOf, messageOf, textAt } from '../../core/index.ts';
import type { AskMasterDeps } from '../lookups/ask-master.ts';
import { probePrefix } from '../source/sender.ts';

export interface SilenceOptions extends AskMasterDeps {
  readonly ids: Ids;
  /** Nothing comes although something was sent. */
  readonly broken: (reason: string) => void;
}

const quietMs = 60_000;
const answerMs = 30_000;

/**
 * Tells a quiet bus from one that is not read any more: salt-api sends no signs of life, and keeps a stream open
 * whose master is gone. After a minute without an event one is sent, and has to come back.
 */
export class Silence {
  readonly #options: SilenceOptions;
  readonly #clock: Clock;
  #heardMs = 0;
  #cancel: () => void = () => undefined;

  constructor(options: SilenceOptions) {
    this.#options = options;
    this.#clock = options.clock;
  }

  watch(): void {
    this.heard();
    this.#wait(quietMs);
  }

  heard(): void {
    this.#heardMs = this.#clock.monotonicMs();
  }

  stop(): void {
    this.#cancel();
  }

  #wait(delayMs: number): void {
    this.#cancel();
    this.#cancel = this.#clock.after(delayMs, () => {
      const quietForMs = this.#clock.monotonicMs() - this.#heardMs;
      if (quietForMs < quietMs) this.#wait(quietMs - quietForMs);
      else this.#probe();
    });
  }

  #probe(): void {
    const sentMs = this.#clock.monotonicMs();
    let reason = 'an event that was sent did not come back';
    this.#send().catch((error: unknown) => {
      reason = messageOf(error);
    });
    this.#cancel = this.#clock.after(answerMs, () => {
      if (this.#heardMs > sentMs) this.#wait(quietMs);
      else this.#options.broken(reason);
    });
  }

  async #send(): Promise<void> {
    const { asking, book, ids } = this.#options;
    const kwarg = mapOf({ tag: probePrefix + ids.random(8), data: mapOf({}) });
    const load = mapOf({ cmd: 'runner', fun: 'event.send', kwarg: mapOf({ arg: [], kwarg }) });
    const jid = textAt(await asking.ask(load, answerMs), 'jid');
    // The events of the call are nobody's business either.
    if (jid !== '') book.askedBy(jid, () => undefined);
  }
}
