import { packValue } from '../../bus/index.ts';
import {
  type Clock,
  FairQueue,
  type JobLoad,
  jobLane,
  jobToValue,
  mayTakeShare,
  messageOf,
  type Telemetry,
} from '../../core/index.ts';

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
  /** Job id → its lane. */
  readonly sent: Map<string, string>;
  /** Lane → how many of its jobs were sent. */
  readonly shares: Map<string, number>;
  readonly unsent: FairQueue<JobLoad>;
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
    const unsent = new FairQueue<JobLoad>();
    for (const load of loads) unsent.push(jobLane(load), load);
    this.#lanes.set(id, { sent: new Map(), shares: new Map(), unsent, lastConfirmedMs: this.#nowMs() });
    this.#schedule(id);
  }

  close(id: string): void {
    this.#lanes.delete(id);
  }

  /** For minions that are attached; the others get it when they attach. */
  add(id: string, load: JobLoad): void {
    const lane = this.#lanes.get(id);
    if (lane === undefined) return;
    lane.unsent.push(jobLane(load), load);
    this.#schedule(id);
  }

  confirmed(id: string, jids: readonly string[]): void {
    const lane = this.#lanes.get(id);
    if (lane === undefined) return;
    for (const jid of jids) {
      const share = lane.sent.get(jid);
      if (share === undefined) continue;
      lane.sent.delete(jid);
      const left = (lane.shares.get(share) ?? 0) - 1;
      if (left > 0) lane.shares.set(share, left);
      else lane.shares.delete(share);
    }
    lane.lastConfirmedMs = this.#nowMs();
    if (lane.unsent.size > 0) this.#schedule(id);
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
      const wasIdle = lane.sent.size === 0;
      const loads = nextOf(lane);
      if (loads.length === 0) continue;
      if (wasIdle) lane.lastConfirmedMs = this.#nowMs();
      for (const load of loads) lane.sent.set(load.jid, jobLane(load));
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

/** What fits into the window, lane by lane in turn: jobs of a rule that the minion does not take leave room for others. */
function nextOf({ sent, shares, unsent }: Lane): JobLoad[] {
  let free = windowJobs - sent.size;
  return unsent.take(free, (key, wanted) => {
    const held = shares.get(key) ?? 0;
    let count = 0;
    while (count < wanted && mayTakeShare(held + count, free - count)) count += 1;
    if (count > 0) shares.set(key, held + count);
    free -= count;
    return count;
  });
}
