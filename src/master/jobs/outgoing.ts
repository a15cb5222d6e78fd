import { packValue } from '../../bus/index.ts';
import { type Clock, type JobLoad, jobToValue, messageOf, type Telemetry } from '../../core/index.ts';

export interface OutgoingOptions {
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** False when nobody is attached under this id, or its connection does not take the message. */
  readonly send: (id: string, jobs: Uint8Array) => Promise<boolean>;
  readonly isAttached: (id: string) => boolean;
  /** Ends the session of a minion that takes nothing; it attaches again and gets everything then. */
  readonly giveUp: (id: string) => void;
}

/** Jobs on their way to one attached minion. */
interface Lane {
  readonly sent: Set<string>;
  unsent: JobLoad[];
  lastConfirmedMs: number;
}

/**
 * Jobs that a minion was sent and has not confirmed. It is well below the jids that a minion remembers: what
 * is sent again on a new connection is then always recognised.
 */
const windowJobs = 500;
const stalledMsMax = 60_000;

/**
 * Jobs on their way out of this process. What is to be sent in one turn goes to each minion in one message,
 * and the same message is encoded once.
 */
export class Outgoing {
  readonly #options: OutgoingOptions;
  readonly #lanes = new Map<string, Lane>();
  readonly #ready = new Set<string>();

  constructor(options: OutgoingOptions) {
    this.#options = options;
  }

  /** A minion has attached: everything that it has not confirmed is sent to it. */
  open(id: string, loads: readonly JobLoad[]): void {
    this.#lanes.set(id, { sent: new Set(), unsent: [...loads], lastConfirmedMs: this.#nowMs() });
    this.#schedule(id);
  }

  close(id: string): void {
    this.#lanes.delete(id);
  }

  /** For minions that are attached; the others get it when they attach. */
  add(id: string, load: JobLoad): void {
    const lane = this.#lanes.get(id);
    if (lane === undefined) return;
    lane.unsent.push(load);
    this.#schedule(id);
  }

  confirmed(id: string, jids: readonly string[]): void {
    const lane = this.#lanes.get(id);
    if (lane === undefined) return;
    for (const jid of jids) lane.sent.delete(jid);
    lane.lastConfirmedMs = this.#nowMs();
    if (lane.unsent.length > 0) this.#schedule(id);
  }

  /** Gives up minions that have confirmed nothing for too long. Call it now and then. */
  sweep(): void {
    const oldestMs = this.#nowMs() - stalledMsMax;
    for (const [id, { sent, lastConfirmedMs }] of this.#lanes)
      if (!this.#options.isAttached(id)) this.close(id);
      else if (sent.size > 0 && lastConfirmedMs < oldestMs) this.#lose(id);
  }

  #schedule(id: string): void {
    if (this.#ready.size === 0) setImmediate(() => this.#flush());
    this.#ready.add(id);
  }

  #flush(): void {
    const encoded = new Map<string, Uint8Array>();
    const ready = [...this.#ready];
    this.#ready.clear();
    for (const id of ready) {
      const lane = this.#lanes.get(id);
      if (lane === undefined) continue;
      if (!this.#options.isAttached(id)) {
        this.close(id);
        continue;
      }
      const loads = lane.unsent.splice(0, windowJobs - lane.sent.size);
      if (loads.length === 0) continue;
      if (lane.sent.size === 0) lane.lastConfirmedMs = this.#nowMs();
      for (const { jid } of loads) lane.sent.add(jid);
      const key = loads.map(({ jid }) => jid).join();
      const bytes = encoded.get(key) ?? packValue(loads.map(jobToValue));
      encoded.set(key, bytes);
      this.#send(id, lane, bytes);
    }
  }

  #send(id: string, lane: Lane, bytes: Uint8Array): void {
    this.#options.send(id, bytes).then(
      (taken) => {
        if (!taken && this.#lanes.get(id) === lane) this.#lose(id);
      },
      (error: unknown) => {
        this.#options.telemetry.emit({ kind: 'unexpected', where: 'master jobs', message: messageOf(error) });
      },
    );
  }

  #lose(id: string): void {
    this.close(id);
    this.#options.giveUp(id);
  }

  #nowMs(): number {
    return this.#options.clock.monotonicMs();
  }
}
