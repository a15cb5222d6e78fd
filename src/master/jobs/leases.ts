import {
  type Clock,
  type JobLoad,
  mapOf,
  messageOf,
  type OutgoingEvent,
  type Telemetry,
  type Value,
} from '../../core/index.ts';
import type { Store, StoreChange } from '../../journal/index.ts';
import type { Ledger } from '../ledger.ts';
import { jobHead } from './job-record.ts';

export interface LeasesOptions {
  readonly store: Store;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** How long a minion may give no sign of the jobs that it took, in milliseconds. */
  readonly leaseMs: number;
  readonly loadsOf: (jids: Iterable<string>) => JobLoad[];
}

interface Held {
  /** Job id → since when, on the clock that never jumps. */
  readonly jobs: Map<string, number>;
  /** When the minion said last which jobs it has. */
  heardMs: number;
}

const table = 'deliveries';
/** What a minion took so lately may be missing in what it said a moment before. */
const graceMs = 30_000;

/**
 * Jobs that minions have in their spools and have not returned. Each has a lease, which what the minion says
 * it has renews: taken → returned | lost. *Lost* is an end: a return that comes after all is recorded as late
 * and does not undo it.
 */
export class Leases {
  readonly #options: LeasesOptions;
  readonly #minions = new Map<string, Held>();
  #count = 0;

  constructor(options: LeasesOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#count;
  }

  /** When the oldest one was taken, on the clock that never jumps; undefined without any. */
  get oldestMs(): number | undefined {
    let oldest: number | undefined;
    for (const { jobs } of this.#minions.values())
      for (const sinceMs of jobs.values()) {
        if (oldest === undefined || sinceMs < oldest) oldest = sinceMs;
        break;
      }
    return oldest;
  }

  has(id: string, jid: string): boolean {
    return this.#minions.get(id)?.jobs.has(jid) === true;
  }

  *jobs(): Iterable<readonly [id: string, jid: string]> {
    for (const [id, { jobs }] of this.#minions) for (const jid of jobs.keys()) yield [id, jid];
  }

  /** The minion has the job in its spool. The result is what to store. */
  take(id: string, jid: string): StoreChange {
    this.restore(id, jid);
    return { table, key: `${id}/${jid}`, value: ['taken', this.#options.clock.nowMs()] };
  }

  /** A lease that was stored: it begins anew, because an absence of the master is no fault of the minion. */
  restore(id: string, jid: string): void {
    const nowMs = this.#options.clock.monotonicMs();
    let held = this.#minions.get(id);
    if (held === undefined) {
      held = { jobs: new Map(), heardMs: nowMs };
      this.#minions.set(id, held);
    }
    if (!held.jobs.has(jid)) this.#count += 1;
    held.jobs.set(jid, nowMs);
  }

  forget(id: string, jids: Iterable<string>): void {
    const held = this.#minions.get(id);
    if (held === undefined) return;
    for (const jid of jids) if (held.jobs.delete(jid)) this.#count -= 1;
    if (held.jobs.size === 0) this.#minions.delete(id);
  }

  /** The minion says which jobs it has, and so which it does not have any more. */
  heard(id: string, jids: readonly string[]): void {
    const held = this.#minions.get(id);
    if (held === undefined) return;
    held.heardMs = this.#options.clock.monotonicMs();
    const known = new Set(jids);
    const latestMs = held.heardMs - graceMs;
    const gone = [...held.jobs].filter(([jid, sinceMs]) => sinceMs <= latestMs && !known.has(jid));
    this.#lose(id, gone, 'The minion does not know the job any more.');
  }

  /** Ends what nobody gave a sign of for too long. Call it now and then. */
  sweep(): void {
    const { clock, leaseMs } = this.#options;
    const latestMs = clock.monotonicMs() - leaseMs;
    const reason = `The minion gave no sign of this job for ${Math.round(leaseMs / 1000)} seconds.`;
    for (const [id, { jobs, heardMs }] of this.#minions)
      if (heardMs <= latestMs)
        this.#lose(
          id,
          [...jobs].filter(([, sinceMs]) => sinceMs <= latestMs),
          reason,
        );
  }

  /** Whether the job was given up for lost on this minion. */
  isLost(id: string, jid: string): boolean {
    return !this.has(id, jid) && isLostRow(this.#options.store.get(table, `${id}/${jid}`));
  }

  #lose(id: string, jobs: readonly (readonly [string, number])[], reason: string): void {
    if (jobs.length === 0) return;
    const { clock, ledger, telemetry, loadsOf } = this.#options;
    const jids = jobs.map(([jid]) => jid);
    this.forget(id, jids);
    const value: Value = ['lost', clock.nowMs()];
    const changes = jids.map((jid): StoreChange => ({ table, key: `${id}/${jid}`, value }));
    ledger
      .record(
        changes,
        loadsOf(jids).map((load) => lostEvent(id, load, reason)),
      )
      .then(
        () => telemetry.emit({ kind: 'jobs.lost', id, count: jids.length, reason }),
        (error: unknown) => {
          for (const jid of jids) this.restore(id, jid);
          telemetry.emit({ kind: 'unexpected', where: 'master leases', message: messageOf(error) });
        },
      );
  }
}

/** Whether a row of the table says that a minion has the job. */
export function isTakenRow(value: Value | undefined): boolean {
  return Array.isArray(value) && value[0] === 'taken';
}

export function isLostRow(value: Value | undefined): boolean {
  return Array.isArray(value) && value[0] === 'lost';
}

/** `brine/job/<jid>/lost/<minion>`: the minion took this job and will not say what became of it. */
function lostEvent(id: string, load: JobLoad, reason: string): OutgoingEvent {
  return {
    tag: `brine/job/${load.jid}/lost/${id}`,
    data: mapOf({ jid: load.jid, id, fun: load.fun, reason }),
    head: jobHead(load, 'master'),
  };
}
