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
import { isLostRow, isTakenRow, Leases } from './leases.ts';
import type { Outgoing } from './outgoing.ts';

const table = 'deliveries';

/** How long a job waits for a minion that is away; neither a backlog nor an absence of the master counts. */
const awayMsMax = 60_000;

export interface DeliveriesOptions {
  readonly store: Store;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly outgoing: Outgoing;
  readonly isAttached: (id: string) => boolean;
  /** How long a minion may give no sign of the jobs that it took, in milliseconds; 300,000 unless given. */
  readonly leaseMs?: number;
}

/**
 * Jobs on their way to minions: recorded with the job, until the minion has them in its spool; from then on they
 * have a lease until the minion has returned them.
 */
export class Deliveries {
  readonly leases: Leases;
  readonly #options: DeliveriesOptions;
  /**
   * Minion → job id → since when this process wants to deliver it, on the clock that never jumps. The jobs are
   * in the store: many of them may wait for a minion that is away.
   */
  readonly #waiting = new Map<string, Map<string, number>>();
  /** Since when minions with deliveries were found away. */
  readonly #away = new Map<string, number>();
  #count = 0;

  constructor(options: DeliveriesOptions) {
    this.#options = options;
    const sinceMs = options.clock.monotonicMs();
    const { store, leaseMs = 300_000 } = options;
    this.leases = new Leases({ ...options, leaseMs, loadsOf: (jids) => this.#loadsOf(jids) });
    const stale: StoreChange[] = [];
    for (const [key, value] of store.range(table)) {
      const [id = '', jid = ''] = key.split('/');
      // Who has returned a job has had it, even if a full disk kept the confirmation from being recorded.
      if (store.get('jobs', jid) === undefined || store.get('returns', `${jid}/${id}`) !== undefined)
        stale.push(removal(id, jid));
      else if (isTakenRow(value)) this.leases.restore(id, jid);
      else if (!isLostRow(value)) this.#put(id, jid, sinceMs);
    }
    this.#remove(stale);
  }

  get count(): number {
    return this.#count;
  }

  /** When the oldest one began to wait, on the clock that never jumps; undefined without any. */
  get oldestMs(): number | undefined {
    let oldest: number | undefined;
    for (const waiting of this.#waiting.values())
      for (const sinceMs of waiting.values()) {
        if (oldest === undefined || sinceMs < oldest) oldest = sinceMs;
        break;
      }
    return oldest;
  }

  /** The minions with most jobs on their way first. */
  longest(
    limit: number,
  ): readonly { readonly id: string; readonly count: number; readonly sinceMs: number }[] {
    return Array.from(this.#waiting, ([id, jobs]) => {
      const [sinceMs = 0] = jobs.values();
      return { id, count: jobs.size, sinceMs };
    })
      .sort((a, b) => b.count - a.count)
      .slice(0, limit);
  }

  /** Whether the minion owes this job an end. */
  isOpen(id: string, jid: string): boolean {
    return this.#waiting.get(id)?.has(jid) === true || this.leases.has(id, jid);
  }

  *open(): Iterable<readonly [id: string, jid: string]> {
    for (const [id, jobs] of this.#waiting) for (const jid of jobs.keys()) yield [id, jid];
    yield* this.leases.jobs();
  }

  /** What to store with a new job. */
  changesFor({ load, minions, atMs }: JobRecord): StoreChange[] {
    return minions.map((id) => ({ table, key: `${id}/${load.jid}`, value: atMs }));
  }

  /** What to store when a minion has returned a job. */
  removalFor(id: string, jid: string): StoreChange[] {
    return this.isOpen(id, jid) ? [removal(id, jid)] : [];
  }

  /** Whether one of these minions is attached. */
  reachesAny(minions: readonly string[]): boolean {
    return minions.some((id) => this.#options.isAttached(id));
  }

  /** Sends recorded jobs. */
  send(records: readonly JobRecord[]): void {
    const sinceMs = this.#options.clock.monotonicMs();
    for (const { load, minions } of records) {
      for (const id of minions) {
        this.#put(id, load.jid, sinceMs);
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
    this.#options.outgoing.open(id, this.#loadsOf(this.#waiting.get(id)?.keys() ?? []));
  }

  /** The minion has these jobs. A confirmation that is lost in a crash only leads to one more sending. */
  confirm(id: string, jids: readonly string[]): void {
    const taken = jids.filter((jid) => this.#waiting.get(id)?.has(jid) === true);
    const changes = taken.map((jid) => this.leases.take(id, jid));
    this.#delivered(id, jids);
    this.#remove(changes);
  }

  /** The minion has returned these jobs. */
  forget(id: string, jids: readonly string[]): void {
    this.leases.forget(id, jids);
    this.#delivered(id, jids);
  }

  #delivered(id: string, jids: readonly string[]): void {
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
    this.leases.sweep();
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
    const old = [...(this.#waiting.get(id) ?? [])].filter(
      ([, sinceMs]) => Math.max(awayMs, sinceMs) <= oldestMs,
    );
    if (old.length === 0) return;
    const jids = old.map(([jid]) => jid);
    this.forget(id, jids);
    ledger
      .record(
        jids.map((jid) => removal(id, jid)),
        this.#loadsOf(jids).map((load) => undelivered(id, load)),
      )
      .catch((error: unknown) => {
        for (const [jid, sinceMs] of old) this.#put(id, jid, sinceMs);
        telemetry.emit({ kind: 'unexpected', where: 'master deliveries', message: messageOf(error) });
      });
  }

  #loadsOf(jids: Iterable<string>): JobLoad[] {
    const loads: JobLoad[] = [];
    for (const jid of jids) {
      const job = this.#options.store.get('jobs', jid);
      if (job !== undefined) loads.push(jobRecordFromValue(job).load);
    }
    return loads;
  }

  #put(id: string, jid: string, sinceMs: number): void {
    let waiting = this.#waiting.get(id);
    if (waiting === undefined) {
      waiting = new Map();
      this.#waiting.set(id, waiting);
    }
    if (!waiting.has(jid)) this.#count += 1;
    waiting.set(jid, sinceMs);
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
