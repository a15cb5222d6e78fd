import { packValue } from '../../bus/index.ts';
import { type Clock, type JobLoad, jobToValue, messageOf, type Telemetry } from '../../core/index.ts';
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
  /** Sends an encoded list of jobs to a minion, when it is attached. */
  readonly push: (id: string, jobs: Uint8Array) => void;
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

  /** Sends recorded jobs. The list for minions that get the same jobs is encoded once. */
  send(records: readonly JobRecord[]): void {
    const jobsOf = new Map<string, number[]>();
    records.forEach(({ load, minions, atMs }, index) => {
      for (const id of minions) {
        this.#put(id, { load, atMs });
        const list = jobsOf.get(id);
        if (list === undefined) jobsOf.set(id, [index]);
        else list.push(index);
      }
    });
    const encoded = new Map<string, Uint8Array>();
    for (const [id, indexes] of jobsOf) {
      const key = indexes.join();
      let bytes = encoded.get(key);
      if (bytes === undefined) {
        bytes = encode(indexes.flatMap((index) => records[index]?.load ?? []));
        encoded.set(key, bytes);
      }
      this.#options.push(id, bytes);
    }
  }

  /** A minion is there (again): it gets what it has not confirmed. */
  resend(id: string): void {
    const youngestMs = this.#options.clock.nowMs() - deliveryAgeMsMax;
    const loads = [...(this.#waiting.get(id)?.values() ?? [])]
      .filter(({ atMs }) => atMs > youngestMs)
      .map(({ load }) => load);
    if (loads.length > 0) this.#options.push(id, encode(loads));
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

function encode(loads: readonly JobLoad[]): Uint8Array {
  return packValue(loads.map(jobToValue));
}
