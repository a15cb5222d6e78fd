import { packData } from '../../bus/index.ts';
import {
  type Clock,
  type EventLog,
  isBrineError,
  mapOf,
  tagify,
  textAt,
  type Value,
  type ValueMap,
} from '../../core/index.ts';
import { type AskMasterDeps, askMaster } from '../lookups/ask-master.ts';
import { returnOf, runOf } from '../source/job-cache.ts';
import { returnsIn, unreturnedJobs } from '../source/log-search.ts';
import type { Recovered } from '../source/recovery.ts';
import { jidMs, type StampForm, stampOf } from '../source/stamps.ts';

type MissedReturn = Recovered['returns'][number];

/** Jobs of the master's cache that are listed for one gap, the newest of them. */
const listedMax = 5000;
/** Jobs that are looked up for one gap; each costs the master a process. */
const lookedUpMax = 500;
const together = 4;
const askMs = 120_000;
/** The clocks of the two hosts may differ a little. */
const slackMs = 10_000;
/** Longer ago a job that was not returned is taken for lost. */
const openMs = 3_600_000;

/** The master's job cache, asked through its own runners. */
export class AskedJobs {
  readonly #deps: AskMasterDeps;
  readonly #clock: Clock;

  constructor(deps: AskMasterDeps) {
    this.#deps = deps;
    this.#clock = deps.clock;
  }

  /** Whether the master has taken a job of this id; undefined when the user may not ask. Throws what asking throws. */
  async has(jid: string): Promise<boolean | undefined> {
    try {
      return !(await this.#job(jid)).has('Error');
    } catch (error) {
      if (isBrineError(error, 'BAD_ARGUMENT')) return undefined;
      throw error;
    }
  }

  /** What was returned since then and is not in the log. */
  async missed(sinceMs: number, form: StampForm, log: EventLog): Promise<Recovered> {
    const fromMs = sinceMs - slackMs;
    const listed = await this.#ask('jobs.list_jobs_filter', mapOf({ count: listedMax }));
    const jobs = (Array.isArray(listed) ? listed : []).filter((job) => job instanceof Map);
    const inGap = jobs.filter((job) => jidMs(textAt(job, 'JID')) >= fromMs).map((job) => textAt(job, 'JID'));
    const wanted = [...new Set([...unreturnedJobs(log, fromMs - openMs), ...inGap])];
    const looked = wanted.slice(-lookedUpMax);
    const returns: MissedReturn[] = [];
    const failures: unknown[] = [];
    for (let from = 0; from < looked.length; from += together) {
      const some = looked.slice(from, from + together);
      const found = await Promise.allSettled(some.map((jid) => this.#returnsOf(jid, form)));
      for (const one of found)
        if (one.status === 'fulfilled') returns.push(...one.value);
        else failures.push(one.reason);
    }
    // Some masters fail over single jobs of their cache; when all fail it is something else.
    if (failures.length > 0 && failures.length === looked.length) throw failures[0];
    // Read last, so that what arrived in the meantime is not taken for missed.
    const known = returnsIn(log, fromMs - openMs);
    const missed = returns.filter(({ key }) => !known.has(key));
    const more =
      failures.length > 0 ||
      looked.length < wanted.length ||
      (jobs.length >= listedMax && inGap.length === jobs.length);
    return { returns: missed, more };
  }

  async #returnsOf(jid: string, form: StampForm): Promise<MissedReturn[]> {
    const job = await this.#job(jid);
    const results = job.get('Result');
    if (!(results instanceof Map)) return [];
    return [...results].flatMap(([minion, kept]) =>
      typeof minion === 'string' && kept instanceof Map ? [this.#returned(jid, minion, kept, job, form)] : [],
    );
  }

  #returned(jid: string, minion: string, kept: ValueMap, job: ValueMap, form: StampForm): MissedReturn {
    const marks = mapOf({ recovered: true, _stamp: stampOf(this.#clock.nowMs(), form) });
    const isCall = /^(?:runner|wheel)\./.test(textAt(job, 'Function'));
    const run = isCall ? runOf(kept) : undefined;
    if (run !== undefined)
      return { key: `${jid}/`, tag: run.tag, data: packData(new Map([...run.data, ...marks])) };
    const load = mapOf({
      fun: job.get('Function') ?? null,
      arg: job.get('Arguments') ?? [],
      user: job.get('User'),
      metadata: job.get('Metadata'),
    });
    const data = new Map([...returnOf(jid, minion, kept, load, kept.get('out')), ...marks]);
    return { key: `${jid}/${minion}`, tag: tagify('salt', 'job', jid, 'ret', minion), data: packData(data) };
  }

  async #job(jid: string): Promise<ValueMap> {
    const job = await this.#ask('jobs.list_job', mapOf({ jid }));
    if (job instanceof Map) return job;
    throw new Error('jobs.list_job gave no map');
  }

  #ask(fun: string, kwarg: ValueMap): Promise<Value> {
    return askMaster({ kind: 'runner', fun, arg: [], kwarg }, askMs, this.#deps);
  }
}
