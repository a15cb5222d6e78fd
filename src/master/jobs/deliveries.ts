import {
  type Clock,
  type JobLoad,
  mapOf,
  messageOf,
  type OutgoingEvent,
  type Telemetry,
} from '../../core/index.ts';
import type { Store, StoreChange } from '../../journal/index.ts';
import type { Ledger } from '../ledger.ts';
import { type JobRecord, jobHead, jobRecordFromValue } from './job-record.ts';
import type { Outgoing } from './outgoing.ts';

const table = 'deliveries';

/** How long a job waits for a minion that is away; neither a backlog nor an absence of the master counts. */
const awayMsMax = 60_000;

interface Delivery {
  readonly load: JobLoad;
  /** Since when this process wants to deliver it; on the clock that never jumps. */
  readonly sinceMs: number;
}

export interface DeliveriesOptions {
  readonly store: Store;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly outgoing: Outgoing;
  readonly isAttached: (id: string) => boolean;
}

/** Jobs on their way to minions: recorded with the job, until the minion has them in its spool. */
export class Deliveries {
  readonly #options: DeliveriesOptions;
  readonly #waiting = new Map<string, Map<string, Delivery>>();
  /** Since when minions with deliveries were found away. */
  readonly #away = new Map<string, number>();
  #count = 0;

  constructor(options: DeliveriesOptions) {
    this.#options = options;
    const sinceMs = options.clock.monotonicMs();
    for (const [key] of options.store.range(table)) {
      const [id = '', jid = ''] = key.split('/');
      const job = options.store.get('jobs', jid);
      if (job !== undefined) this.#put(id, { load: jobRecordFromValue(job).load, sinceMs });
    }
  }

  get count(): number {
    return this.#count;
  }

  /** What to store with a new job. */
  changesFor({ load, minions, atMs }: JobRecord): StoreChange[] {
    return minions.map((id) => ({ table, key: `${id}/${load.jid}`, value: atMs }));
  }

  /** What to store when a minion has a job. */
  removalFor(id: string, jid: string): StoreChange[] {
    return this.#waiting.get(id)?.has(jid) === true ? [removal(id, jid)] : [];
  }

  /** Sends recorded jobs. */
  send(records: readonly JobRecord[]): void {
    const sinceMs = this.#options.clock.monotonicMs();
    for (const { load, minions } of records) {
      for (const id of minions) {
        this.#put(id, { load, sinceMs });
        this.#options.outgoing.add(id, load);
      }
    }
  }

  /** A minion is about to attach: nothing is sent to it until `resend`. */
  hold(id: string): void {
    this.#options.outgoing.close(id);
  }

  /** A minion is there (again): it gets what it has not confirmed. */
  resend(id: string): void {
    this.#away.delete(id);
    this.#options.outgoing.open(
      id,
      Array.from(this.#waiting.get(id)?.values() ?? [], ({ load }) => load),
    );
  }

  /** The minion has these jobs. A removal that is lost in a crash only leads to one more sending. */
  confirm(id: string, jids: readonly string[]): void {
    const changes = jids.flatMap((jid) => this.removalFor(id, jid));
    this.forget(id, jids);
    this.#remove(changes);
  }

  forget(id: string, jids: readonly string[]): void {
    this.#options.outgoing.confirmed(id, jids);
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    for (const jid of jids) if (waiting.delete(jid)) this.#count -= 1;
    if (waiting.size === 0) this.#waiting.delete(id);
  }

  /** Gives up what has waited too long for minions that are away. */
  sweep(): void {
    const { outgoing, clock, isAttached } = this.#options;
    outgoing.sweep();
    for (const id of this.#away.keys()) if (!this.#waiting.has(id) || isAttached(id)) this.#away.delete(id);
    for (const id of [...this.#waiting.keys()].filter((id) => !isAttached(id))) {
      const awayMs = this.#away.get(id) ?? clock.monotonicMs();
      this.#away.set(id, awayMs);
      this.#giveUp(id, awayMs);
    }
  }

  /** What nobody took is told of: an event for each, recorded with the end of the delivery. */
  #giveUp(id: string, awayMs: number): void {
    const { clock, ledger, telemetry } = this.#options;
    const oldestMs = clock.monotonicMs() - awayMsMax;
    const old = [...(this.#waiting.get(id)?.values() ?? [])].filter(
      ({ sinceMs }) => Math.max(awayMs, sinceMs) <= oldestMs,
    );
    if (old.length === 0) return;
    const changes = old.map(({ load }) => removal(id, load.jid));
    this.forget(
      id,
      old.map(({ load }) => load.jid),
    );
    ledger
      .record(
        changes,
        old.map(({ load }) => undelivered(id, load)),
      )
      .catch((error: unknown) => {
        for (const delivery of old) this.#put(id, delivery);
        telemetry.emit({ kind: 'unexpected', where: 'master deliveries', message: messageOf(error) });
      });
  }

  #put(id: string, delivery: Delivery): void {
    let waiting = this.#waiting.get(id);
    if (waiting === undefined) {
      waiting = new Map();
      this.#waiting.set(id, waiting);
    }
    if (!waiting.has(delivery.load.jid)) this.#count += 1;
    waiting.set(delivery.load.jid, delivery);
  }

  #remove(changes: readonly StoreChange[]): void {
    if (changes.length === 0) return;
    const { ledger, telemetry } = this.#options;
    ledger.record(changes, []).catch((error: unknown) => {
      telemetry.emit({ kind: 'unexpected', where: 'master deliveries', message: messageOf(error) });
    });
  }
}

function removal(id: string, jid: string): StoreChange {
  return { table, key: `${id}/${jid}`, value: undefined };
}

/** `brine/job/<jid>/undelivered/<minion>`: the minion was away for too long and did not get this job. */
function undelivered(id: string, load: JobLoad): OutgoingEvent {
  const reason = `The minion was away for ${awayMsMax / 1000} seconds.`;
  return {
    tag: `brine/job/${load.jid}/undelivered/${id}`,
    data: mapOf({ jid: load.jid, id, fun: load.fun, reason }),
    head: jobHead(load, 'master'),
  };
}
