import { packData } from '../../bus/index.ts';
import {
  type Clock,
  type Ids,
  type JobReturn,
  mapOf,
  type OutgoingEvent,
  spanIdFor,
  type Telemetry,
  tellSpan,
  unaskedLoad,
} from '../../core/index.ts';
import type { StoreChange } from '../../journal/index.ts';
import type { Ledger } from '../ledger.ts';
import type { Deliveries } from './deliveries.ts';
import type { JobCache } from './job-cache.ts';
import { isUsableJid, type JobRecord, jobHead, jobRecordToValue } from './job-record.ts';
import { returnEvents } from './return-events.ts';

export interface ReturnsOptions {
  readonly cache: JobCache;
  readonly deliveries: Deliveries;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly telemetry: Telemetry;
  readonly eventBytesMax: number;
}

export type ReturnListener = (id: string, ret: JobReturn) => void;

/** Room in an event for everything but the return. */
const eventOverheadBytes = 4096;

/** Takes what minions return: each (job, minion) once, recorded with its event before the minion hears of it. */
export class Returns {
  readonly #options: ReturnsOptions;
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #listeners = new Map<string, ReturnListener>();
  refused = 0;

  constructor(options: ReturnsOptions) {
    this.#options = options;
  }

  /** Resolves when every one of them is durable. */
  async record(id: string, rets: readonly JobReturn[]): Promise<void> {
    const { cache, deliveries, ledger, telemetry } = this.#options;
    const changes: StoreChange[] = [];
    const events: OutgoingEvent[] = [];
    const fresh = new Map<string, JobReturn>();
    const twins: Promise<void>[] = [];
    for (const given of rets) {
      const unasked = given.jid === 'req';
      const ret = unasked ? { ...given, jid: this.#options.ids.jid() } : given;
      const key = `${ret.jid}/${id}`;
      const twin = this.#underWay.get(key);
      if (twin !== undefined) twins.push(twin);
      if (twin !== undefined || fresh.has(key) || !this.#isWanted(id, ret, unasked)) continue;
      fresh.set(key, ret);
      changes.push(cache.returnChange(id, ret), ...deliveries.removalFor(id, ret.jid));
      if (unasked) changes.push(this.#unaskedJob(id, ret));
      events.push(...this.#eventsOf(id, ret, unasked));
    }
    if (fresh.size > 0) {
      const recorded = ledger.record(changes, events);
      for (const key of fresh.keys()) this.#underWay.set(key, recorded);
      // Whoever sent the first copy sees the failure; a twin sees it too, through `twins`.
      try {
        await recorded;
      } finally {
        for (const key of fresh.keys()) this.#underWay.delete(key);
      }
      for (const ret of fresh.values()) {
        const { jid, fun, retcode, success } = ret;
        const told = { kind: 'job.returned' as const, jid, id, fun, retcode, success };
        telemetry.emit({ ...told, ...this.#afterMs(ret) });
        this.#tellSpan(id, ret);
        this.#listeners.get(jid)?.(id, ret);
      }
      deliveries.forget(
        id,
        [...fresh.values()].map(({ jid }) => jid),
      );
    }
    await Promise.all(twins);
  }

  /** Since the job was published; a job that nobody published has none. */
  #afterMs({ jid }: JobReturn): { afterMs?: number } {
    const { cache, clock } = this.#options;
    const job = cache.find(jid);
    return job === undefined ? {} : { afterMs: Math.max(0, clock.nowMs() - job.atMs) };
  }

  /** From the job's publication until its return is recorded. */
  #tellSpan(id: string, { jid, fun, retcode, success }: JobReturn): void {
    const { cache, clock, telemetry } = this.#options;
    const job = cache.find(jid);
    if (job?.load.trace === undefined) return;
    const ok = success && retcode === 0;
    tellSpan(telemetry, jobHead(job.load, '').trace, {
      id: spanIdFor('return', jid, id),
      name: `return ${fun}`,
      type: 'consumer',
      startMs: job.atMs,
      endMs: clock.nowMs(),
      ...(ok ? {} : { failed: `retcode ${retcode}` }),
      fields: { 'salt.jid': jid, 'salt.fun': fun, 'salt.minion': id, 'salt.retcode': retcode },
    });
  }

  /** Calls for each return of a job until the result is called. */
  onReturn(jid: string, listener: ReturnListener): () => void {
    this.#listeners.set(jid, listener);
    return () => this.#listeners.delete(jid);
  }

  /** A return for a job that this minion never got is dropped, or a minion could write another's history. */
  #isWanted(id: string, ret: JobReturn, unasked: boolean): boolean {
    if (unasked) return true;
    const { cache } = this.#options;
    if (!isUsableJid(ret.jid) || cache.hasReturn(ret.jid, id)) return false;
    const job = cache.find(ret.jid);
    if (job === undefined || job.minions.includes(id)) return true;
    this.refused += 1;
    return false;
  }

  #eventsOf(id: string, ret: JobReturn, unasked: boolean): OutgoingEvent[] {
    const { cache, clock, eventBytesMax } = this.#options;
    return returnEvents({
      id,
      ret,
      job: unasked ? undefined : cache.find(ret.jid),
      unasked,
      nowMs: clock.nowMs(),
      isLate: !unasked && this.#options.deliveries.leases.isLost(id, ret.jid),
      isTooLong: isLong(ret, eventBytesMax - eventOverheadBytes),
    });
  }

  #unaskedJob(id: string, ret: JobReturn): StoreChange {
    const record: JobRecord = {
      load: unaskedLoad(id, { jid: ret.jid, fun: ret.fun, arg: ret.funArgs, kwarg: new Map() }),
      minions: [id],
      missing: [],
      atMs: this.#options.clock.nowMs(),
    };
    return { table: 'jobs', key: ret.jid, value: jobRecordToValue(record) };
  }
}

/** Short scalars are the rule; only others are measured. */
function isLong({ return: value, funArgs }: JobReturn, bytesMax: number): boolean {
  if (funArgs.length === 0 && (typeof value !== 'object' || value === null))
    return typeof value === 'string' && value.length * 3 > bytesMax && Buffer.byteLength(value) > bytesMax;
  return packData(mapOf({ value, args: [...funArgs] })).length > bytesMax;
}
