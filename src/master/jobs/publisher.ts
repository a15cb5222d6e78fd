import {
  type Cause,
  type Clock,
  type Ids,
  isBrineError,
  type OutcomeReason,
  spanIdFor,
  type Telemetry,
  type TraceContext,
  tellSpan,
  toJson,
  type Value,
  type ValueMap,
  withTrace,
} from '../../core/index.ts';
import type { Ledger } from '../ledger.ts';
import { type Inventory, type Resolved, resolveTarget } from '../targets/index.ts';
import type { Deliveries } from './deliveries.ts';
import type { JobCache } from './job-cache.ts';
import { isUsableJid, type JobRecord, jobRecordToValue, newJobEvent } from './job-record.ts';

export interface JobRequest {
  /** null: the master picks one. */
  readonly jid: string | null;
  readonly tgt: Value;
  readonly tgtType: string;
  readonly fun: string;
  readonly arg: readonly Value[];
  readonly kwarg: ValueMap;
  readonly user: string;
  readonly ret: string;
  readonly metadata: Value | null;
  readonly cause: Cause | null;
  readonly depth: number;
  readonly trace?: TraceContext;
  /** Who asks, when it is not the master's own user. */
  readonly source?: string;
  /** Compound targets; one of them must hold every minion that the job is for. */
  readonly within?: readonly string[];
}

export type Published =
  /** `repeated`: this jid was published before; nothing was done again. */
  | { readonly ok: true; readonly repeated: boolean; readonly record: JobRecord }
  | {
      readonly ok: false;
      readonly reason: OutcomeReason;
      readonly message: string;
      readonly missing: readonly string[];
    };

export interface PublisherOptions {
  readonly cache: JobCache;
  readonly deliveries: Deliveries;
  readonly ledger: Ledger;
  readonly inventory: Inventory;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly telemetry: Telemetry;
}

/** Jobs: resolved, recorded, announced, then sent, many at once. A jid is published once. */
export class Publisher {
  readonly #options: PublisherOptions;
  /** Jobs that are being recorded; a repeat waits for the first. */
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(options: PublisherOptions) {
    this.#options = options;
  }

  /** One answer for each request, in order, once all are durable. Throws DISK_FULL, OVERLOADED, …: then none is. */
  async publish(requests: readonly JobRequest[]): Promise<Published[]> {
    await this.#waitForTwins(requests);
    const { cache, deliveries, ledger, telemetry } = this.#options;
    const fresh = new Map<string, JobRecord>();
    const answers = requests.map((request) => this.#prepare(request, fresh));
    const records = [...fresh.values()];
    if (records.length === 0) return answers;
    const changes = records.flatMap((record) => [
      { table: 'jobs', key: record.load.jid, value: jobRecordToValue(record) },
      ...deliveries.changesFor(record),
    ]);
    const recorded = ledger.record(changes, records.map(newJobEvent));
    const settled = recorded.catch(() => undefined);
    for (const { load } of records) this.#underWay.set(load.jid, settled);
    try {
      await recorded;
    } finally {
      for (const { load } of records) this.#underWay.delete(load.jid);
    }
    // Returns of the others do not come soon.
    cache.remember(records.filter(({ minions }) => deliveries.reachesAny(minions)));
    deliveries.send(records);
    for (const record of records) {
      const { load, minions } = record;
      telemetry.emit({ kind: 'job.published', jid: load.jid, fun: load.fun, minions: minions.length });
      if (load.trace !== undefined) this.#tellSpan(record, load.trace);
    }
    return answers;
  }

  /** From the request until the job is recorded and sent; the returns have spans of their own. */
  #tellSpan({ load, minions, atMs }: JobRecord, trace: TraceContext): void {
    const { clock, telemetry } = this.#options;
    tellSpan(telemetry, trace, {
      id: spanIdFor('job', load.jid),
      name: `job ${load.fun}`,
      type: 'producer',
      startMs: atMs,
      endMs: clock.nowMs(),
      fields: { 'salt.jid': load.jid, 'salt.fun': load.fun, 'salt.minions': minions.length },
    });
  }

  async #waitForTwins(requests: readonly JobRequest[]): Promise<void> {
    for (;;) {
      if (this.#underWay.size === 0) return;
      const busy = requests.find(({ jid }) => jid !== null && this.#underWay.has(jid));
      if (busy === undefined) return;
      await this.#underWay.get(busy.jid ?? '');
    }
  }

  #prepare(request: JobRequest, fresh: Map<string, JobRecord>): Published {
    const { jid } = request;
    if (jid !== null) {
      if (!isUsableJid(jid)) return refused('bad-arguments', `${jid} is not a job id.`);
      const known = fresh.get(jid) ?? this.#options.cache.find(jid);
      if (known !== undefined && !isOther(known, request)) return { ok: true, repeated: true, record: known };
      if (known !== undefined) return refused('refused', `The job id ${jid} belongs to another job.`);
    }
    const resolved = this.#resolve(request);
    if ('ok' in resolved) return resolved;
    const record = this.#recordOf(request, resolved);
    fresh.set(record.load.jid, record);
    return { ok: true, repeated: false, record };
  }

  #resolve({ fun, tgt, tgtType, within }: JobRequest): Resolved | Extract<Published, { ok: false }> {
    if (fun === '') return refused('bad-arguments', 'The job has no function.');
    try {
      const resolved = resolveTarget(tgt, tgtType, this.#options.inventory);
      if (!this.#isWithin(resolved, within)) return refused('refused', 'Authorization error occurred.');
      if (resolved.minions.length > 0) return resolved;
      const text = typeof tgt === 'string' ? tgt : toJson(tgt);
      const message = `Master could not resolve minions for target ${text}`;
      return { ...refused('no-minions', message), missing: resolved.missing };
    } catch (error) {
      if (!isBrineError(error, 'BAD_ARGUMENT') && !isBrineError(error, 'UNSUPPORTED')) throw error;
      return refused(error.code === 'UNSUPPORTED' ? 'unsupported' : 'bad-arguments', error.message);
    }
  }

  #isWithin({ minions }: Resolved, within: readonly string[] | undefined): boolean {
    if (within === undefined || minions.length === 0) return true;
    return within.some((target) => {
      const allowed = new Set(resolveTarget(target, 'compound', this.#options.inventory).minions);
      return minions.every((id) => allowed.has(id));
    });
  }

  #recordOf(request: JobRequest, { minions, missing }: Resolved): JobRecord {
    const { fun, arg, kwarg, tgt, tgtType, user, ret, metadata, cause, depth, trace } = request;
    const jid = request.jid ?? this.#options.ids.jid();
    const load = {
      jid,
      fun,
      arg,
      kwarg,
      tgt,
      tgtType,
      user,
      ret,
      metadata,
      cause,
      depth,
      ...withTrace(trace),
    };
    const { source } = request;
    const record = { load, minions, missing, atMs: this.#options.clock.nowMs() };
    return source === undefined ? record : { ...record, source };
  }
}

/** A reaction names its cause; a job with another one is not a repeat of it, whatever its id. */
function isOther({ load }: JobRecord, { cause }: JobRequest): boolean {
  return cause !== null && (load.cause?.event !== cause.event || load.cause.rule !== cause.rule);
}

function refused(reason: OutcomeReason, message: string): Extract<Published, { ok: false }> {
  return { ok: false, reason, message, missing: [] };
}
