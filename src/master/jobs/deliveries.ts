import { type Clock, type JobLoad, messageOf, type Telemetry } from '../../core/index.ts';
import type { Store, StoreChange } from '../../journal/index.ts';
import type { Ledger } from '../ledger.ts';
import { type JobRecord, jobRecordFromValue } from './job-record.ts';
import type { Outgoing } from './outgoing.ts';

const table = 'deliveries';

/** How long a job waits for a minion that is away. */
const deliveryAgeMsMax = 60_000;

interface Delivery {
  readonly load: JobLoad;
  readonly atMs: number;
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
  #count = 0;

  constructor(options: DeliveriesOptions) {
    this.#options = options;
    for (const [key, atMs] of options.store.range(table)) {
      const [id = '', jid = ''] = key.split('/');
      const job = options.store.get('jobs', jid);
      if (job !== undefined) this.#put(id, { load: jobRecordFromValue(job).load, atMs: Number(atMs) });
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
    for (const { load, minions, atMs } of records) {
      for (const id of minions) {
        this.#put(id, { load, atMs });
        this.#options.outgoing.add(id, load);
      }
    }
  }

  /** A minion is about to attach: nothing is sent to it until `resend`. */
  hold(id: string): void {
    this.#options.outgoing.close(id);
  }

  /** A minion is there (again): it gets what it has not confirmed and what is not too old. */
  resend(id: string): void {
    this.#remove(this.#expire(id));
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

  /** Gives up what is too old for minions that are away. */
  sweep(): void {
    this.#options.outgoing.sweep();
    const away = [...this.#waiting.keys()].filter((id) => !this.#options.isAttached(id));
    this.#remove(away.flatMap((id) => this.#expire(id)));
  }

  #expire(id: string): StoreChange[] {
    const youngestMs = this.#options.clock.nowMs() - deliveryAgeMsMax;
    const old = [...(this.#waiting.get(id) ?? [])]
      .filter(([, { atMs }]) => atMs <= youngestMs)
      .map(([jid]) => jid);
    this.forget(id, old);
    return old.map((jid) => removal(id, jid));
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
