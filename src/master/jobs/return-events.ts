import {
  get,
  type JobReturn,
  mapOf,
  type OutgoingEvent,
  stampAt,
  type Value,
  type ValueMap,
} from '../../core/index.ts';
import { type JobRecord, returnHead } from './job-record.ts';

/** Stands in an event for a return that is too long for one; the job cache has the whole. */
const trimmed = 'VALUE_TRIMMED';

export interface ReturnFacts {
  readonly id: string;
  readonly ret: JobReturn;
  /** undefined when nobody published this job. */
  readonly job: JobRecord | undefined;
  /** The minion ran it without being asked. */
  readonly unasked: boolean;
  readonly nowMs: number;
  /** It was given up for lost before. */
  readonly isLate?: boolean;
  readonly isTooLong: boolean;
}

/** The events of one return: `salt/job/<jid>/ret/<id>`, and one pair for each failed state of an SLS run. */
export function returnEvents(facts: ReturnFacts): OutgoingEvent[] {
  const { id, ret, job, nowMs } = facts;
  const source = `minion:${id}`;
  const head = job === undefined ? { source } : returnHead(job.load, source, id);
  const data = mapOf({
    cmd: '_return',
    id,
    success: ret.success,
    return: facts.isTooLong ? trimmed : ret.return,
    retcode: ret.retcode,
    jid: ret.jid,
    fun: ret.fun,
    fun_args: [...ret.funArgs],
    user: job === undefined || facts.unasked ? undefined : job.load.user,
    metadata: job?.load.metadata ?? undefined,
    arg: facts.unasked ? [...ret.funArgs] : undefined,
    tgt_type: facts.unasked ? 'glob' : undefined,
    tgt: facts.unasked ? id : undefined,
    late: facts.isLate === true ? true : undefined,
    _stamp: stampAt(nowMs),
    ts: Math.floor(nowMs / 1000),
  });
  const main = { tag: `salt/job/${ret.jid}/ret/${id}`, data, head };
  const failed = facts.isTooLong ? [] : failedStateEvents(id, ret, job?.load.user);
  return [main, ...failed.map((event) => ({ ...event, head }))];
}

/** Salt tells of failed states only for these two functions. */
const stateFunctions = new Set(['state.highstate', 'state.sls']);

function failedStateEvents(id: string, ret: JobReturn, user: string | undefined): OutgoingEvent[] {
  if (ret.retcode === 0 || !stateFunctions.has(ret.fun) || !(ret.return instanceof Map)) return [];
  const events: OutgoingEvent[] = [];
  for (const [key, result] of ret.return) {
    const name = stateFunctionOf(key);
    if (name === undefined || !(result instanceof Map) || get(result, 'result') !== false) continue;
    const plain: ValueMap = new Map([...result, ['retcode', ret.retcode]]);
    events.push({ tag: name, data: plain });
    const told: ValueMap = new Map<Value, Value>([
      ...plain,
      ['jid', ret.jid],
      ['id', id],
      ['success', false],
      ['return', `Error: ${name}`],
      ['fun', ret.fun],
    ]);
    if (user !== undefined) told.set('user', user);
    events.push({ tag: `salt/job/${ret.jid}/sub/${id}/error/${ret.fun}`, data: told });
  }
  return events;
}

/** `pkg_|-id_|-name_|-installed` → `pkg.installed`. */
function stateFunctionOf(key: Value): string | undefined {
  if (typeof key !== 'string') return undefined;
  const parts = key.split('_|-');
  const [module = '', , , fun = ''] = parts;
  return parts.length === 4 && /^\w+$/.test(module) && /^\w+$/.test(fun) ? `${module}.${fun}` : undefined;
}
