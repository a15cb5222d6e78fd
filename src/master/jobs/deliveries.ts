import { type Clock, type JobLoad, messageOf, type Telemetry } from '../../core/index.ts';
import type { Store, StoreChange } from '../../journal/index.ts';
import type { Ledger } from '../ledger.ts';
import { type JobRecord, jobRecordFromValue } from './job-record.ts';

const table = 'deliveries';

/** How long a job waits for a minion that is away. */
export const deliveryAgeMsMax = 60_000;

interface Delivery {
  readonly load: JobLoad;
  readonly atMs: number;
}

export interface DeliveriesOptions {
  readonly store: Store;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Sends jobs to a minion, when it is attached. */
  readonly push: (id: string, jobs: readonly JobLoad[]) => void;
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
        this.#options.push(id, [load]);
      }
    }
  }

  /** What a minion has not confirmed and is young enough to be sent. */
  unconfirmed(id: string): JobLoad[] {
    const youngestMs = this.#options.clock.nowMs() - deliveryAgeMsMax;
    return [...(this.#waiting.get(id)?.values() ?? [])]
      .filter(({ atMs }) => atMs > youngestMs)
      .map(({ load }) => load);
  }

  /** A minion is there (again): it gets what it has not confirmed. */
  resend(id: string): void {
    this.#options.push(id, this.unconfirmed(id));
  }

  /** The minion has these jobs. A removal that is lost in a crash only leads to one more sending. */
  confirm(id: string, jids: readonly string[]): void {
    const changes = jids.flatMap((jid) => this.removalFor(id, jid));
    this.forget(id, jids);
    this.#remove(changes);
  }

  forget(id: string, jids: readonly string[]): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    for (const jid of jids) if (waiting.delete(jid)) this.#count -= 1;
    if (waiting.size === 0) this.#waiting.delete(id);
  }

  /** Gives up what is too old to be sent. */
  sweep(): void {
    const youngestMs = this.#options.clock.nowMs() - deliveryAgeMsMax;
    const changes: StoreChange[] = [];
    for (const [id, waiting] of this.#waiting) {
      const old = [...waiting].filter(([, { atMs }]) => atMs <= youngestMs).map(([jid]) => jid);
      changes.push(...old.map((jid) => removal(id, jid)));
      this.forget(id, old);
    }
    this.#remove(changes);
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
