import { packValue } from '../../bus/index.ts';
import { type Clock, type JobLoad, jobToValue } from '../../core/index.ts';

export interface OutgoingOptions {
  readonly clock: Clock;
  /** False when nobody is attached under this id, or its connection does not take the message. */
  readonly send: (id: string, jobs: Uint8Array) => Promise<boolean>;
  readonly isAttached: (id: string) => boolean;
  /** Everything that this minion has not confirmed. */
  readonly unconfirmed: (id: string) => readonly JobLoad[];
  /** A minion that takes nothing for too long. */
  readonly giveUp: (id: string) => void;
}

const pauseMs = 250;
const attemptsMax = 12;

/**
 * Jobs on their way out of this process. What is to be sent in one turn goes to each minion in one message,
 * and the same message is encoded once. A minion whose connection is full gets everything it has not
 * confirmed a moment later, and is given up after some attempts: it attaches again and gets it then.
 */
export class Outgoing {
  readonly #options: OutgoingOptions;
  readonly #next = new Map<string, JobLoad[]>();
  readonly #full = new Map<string, number>();
  #scheduled = false;

  constructor(options: OutgoingOptions) {
    this.#options = options;
  }

  add(id: string, loads: readonly JobLoad[]): void {
    if (loads.length === 0 || !this.#options.isAttached(id)) return;
    const list = this.#next.get(id);
    if (list === undefined) this.#next.set(id, [...loads]);
    else list.push(...loads);
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.#flush());
  }

  #flush(): void {
    this.#scheduled = false;
    const encoded = new Map<string, Uint8Array>();
    for (const [id, loads] of this.#next) {
      if (this.#full.has(id)) continue;
      const key = loads.map(({ jid }) => jid).join();
      const bytes = encoded.get(key) ?? packValue(loads.map(jobToValue));
      encoded.set(key, bytes);
      this.#send(id, bytes, 1);
    }
    this.#next.clear();
  }

  #send(id: string, bytes: Uint8Array, attempt: number): void {
    void this.#options.send(id, bytes).then((taken) => {
      if (taken || !this.#options.isAttached(id)) this.#full.delete(id);
      else this.#later(id, attempt);
    });
  }

  #later(id: string, attempt: number): void {
    const { clock, unconfirmed, giveUp } = this.#options;
    if (attempt >= attemptsMax) {
      this.#full.delete(id);
      giveUp(id);
      return;
    }
    // One chain of attempts for each minion, however many messages found it full.
    if ((this.#full.get(id) ?? 0) >= attempt) return;
    this.#full.set(id, attempt);
    clock.after(pauseMs, () => {
      const loads = unconfirmed(id);
      if (loads.length === 0) this.#full.delete(id);
      else this.#send(id, packValue(loads.map(jobToValue)), attempt + 1);
    });
  }
}
