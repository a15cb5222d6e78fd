import { BrineError, flatArguments, mapOf, type Value, type ValueMap } from '../../core/index.ts';
import type { JobCache } from '../jobs/job-cache.ts';
import type { JobRecord } from '../jobs/job-record.ts';
import { globTest } from '../targets/index.ts';
import type { AskMinions } from './ask-minions.ts';
import { type FunctionTable, type MasterFunction, textOf } from './function.ts';

const listedMax = 10_000;

/** What the master remembers of jobs. */
export function jobsRunners(cache: JobCache, ask: AskMinions): FunctionTable {
  return {
    'jobs.list_jobs': listJobs(cache),
    'jobs.list_job': listJob(cache),
    'jobs.lookup_jid': lookupJid(cache),
    'jobs.active': active(cache, ask),
    'jobs.exit_success': exitSuccess(cache),
  };
}

function listJobs(cache: JobCache): MasterFunction {
  return {
    doc: 'The jobs that the master remembers, newest first. The questions of waiting clients whether a job still runs are left out.',
    parameters: [
      { name: 'search_metadata', default: null },
      { name: 'search_function', default: null },
      { name: 'search_target', default: null },
      { name: 'filter_find_job', default: true },
      { name: 'limit', default: 1000 },
    ],
    run: async (given) => {
      const limit = Math.min(Number(given.get('limit')) || listedMax, listedMax);
      const matches = searchTest(given);
      const found: ValueMap = new Map();
      for await (const record of cache.newest()) {
        if (matches(record)) found.set(record.load.jid, describe(record));
        if (found.size >= limit) break;
      }
      return found;
    },
  };
}

function searchTest(given: ValueMap): (record: JobRecord) => boolean {
  const hidden = given.get('filter_find_job') === true ? 'saltutil.find_job' : null;
  const metadata = given.get('search_metadata') ?? null;
  const functions = globsOf(given.get('search_function'));
  const targets = globsOf(given.get('search_target'));
  return ({ load, minions }) =>
    load.fun !== hidden &&
    (functions === null || functions.some((test) => test(load.fun))) &&
    (targets === null ||
      targets.some((test) => minions.some(test) || (typeof load.tgt === 'string' && test(load.tgt)))) &&
    (!(metadata instanceof Map) || holdsAll(load.metadata, metadata));
}

function globsOf(value: Value | undefined): ((name: string) => boolean)[] | null {
  if (value === undefined || value === null) return null;
  const items = Array.isArray(value) ? value : String(value as string).split(',');
  return items.map((item) => globTest(String(item as string).trim()));
}

function holdsAll(metadata: Value, wanted: ValueMap): boolean {
  if (!(metadata instanceof Map)) return false;
  return [...wanted].every(([key, value]) => metadata.get(key) === value);
}

function listJob(cache: JobCache): MasterFunction {
  return {
    doc: 'One job with its minions and everything they returned.',
    parameters: [{ name: 'jid' }],
    run: (given) => {
      const jid = textOf(given, 'jid');
      const record = cache.find(jid);
      if (record === undefined) throw noSuchJob(jid);
      const result: ValueMap = new Map();
      for (const [id, ret] of cache.returnsOf(jid))
        result.set(id, mapOf({ return: ret.return, retcode: ret.retcode, success: ret.success }));
      return new Map<Value, Value>([
        ['jid', jid],
        ...describe(record),
        ['Minions', [...record.minions]],
        ['Missing', [...record.missing]],
        ['Result', result],
      ]);
    },
  };
}

function lookupJid(cache: JobCache): MasterFunction {
  return {
    doc: 'What each minion returned for a job. With missing=True also who has not returned.',
    parameters: [{ name: 'jid' }, { name: 'returned', default: true }, { name: 'missing', default: false }],
    run: (given) => {
      const jid = textOf(given, 'jid');
      const record = cache.find(jid);
      const returns = cache.returnsOf(jid);
      const found: ValueMap = new Map();
      if (given.get('returned') !== false) for (const [id, ret] of returns) found.set(id, ret.return);
      if (given.get('missing') === true)
        for (const id of record?.minions ?? []) if (!returns.has(id)) found.set(id, 'Minion did not return');
      return found;
    },
  };
}

function exitSuccess(cache: JobCache): MasterFunction {
  return {
    doc: 'Whether a job succeeded on each of its minions; false where none returned yet.',
    parameters: [{ name: 'jid' }],
    run: (given) => {
      const jid = textOf(given, 'jid');
      const record = cache.find(jid);
      if (record === undefined) throw noSuchJob(jid);
      const returns = cache.returnsOf(jid);
      return new Map(
        [...new Set([...record.minions, ...returns.keys()])].map((id): [Value, Value] => {
          const ret = returns.get(id);
          return [id, ret !== undefined && ret.success && ret.retcode === 0];
        }),
      );
    },
  };
}

function active(cache: JobCache, ask: AskMinions): MasterFunction {
  return {
    doc: 'The jobs that attached minions say they are running.',
    parameters: [],
    run: async (_given, context) => {
      const answers = await ask('saltutil.running', [], context);
      const found: ValueMap = new Map();
      for (const [id, answer] of answers) {
        for (const job of Array.isArray(answer) ? answer : []) {
          const jid = job instanceof Map ? job.get('jid') : undefined;
          if (typeof jid === 'string')
            addRunning(found, cache, jid, id, job instanceof Map ? job : new Map());
        }
      }
      return found;
    },
  };
}

function addRunning(found: ValueMap, cache: JobCache, jid: string, id: string, job: ValueMap): void {
  let entry = found.get(jid);
  if (!(entry instanceof Map)) {
    const record = cache.find(jid);
    entry =
      record === undefined ? new Map<Value, Value>([['Function', job.get('fun') ?? '']]) : describe(record);
    entry.set('Running', []);
    entry.set('Returned', [...cache.returnsOf(jid).keys()]);
    found.set(jid, entry);
  }
  const runningOn = entry.get('Running');
  if (Array.isArray(runningOn)) runningOn.push(new Map<Value, Value>([[id, job.get('pid') ?? null]]));
}

/** The words that Salt's job runners use. */
function describe({ load, atMs }: JobRecord): ValueMap {
  return new Map<Value, Value>([
    ['Function', load.fun],
    ['Arguments', flatArguments(load.arg, load.kwarg)],
    ['Target', load.tgt],
    ['Target-type', load.tgtType],
    ['User', load.user],
    ...(load.metadata === null ? [] : [['Metadata', load.metadata] as [Value, Value]]),
    ...(load.cause === null
      ? []
      : [
          ['Cause', mapOf({ event: load.cause.event, rule: load.cause.rule, depth: load.depth })] as [
            Value,
            Value,
          ],
        ]),
    ['StartTime', startTime(load.jid, atMs)],
  ]);
}

/** `2026, Nov 22 14:38:51.469817`, from the jid where it holds a time. */
function startTime(jid: string, atMs: number): string {
  const [, year, month, day, hour, minute, second, micros] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{6})/.exec(jid) ?? [];
  const name = months[Number(month) - 1];
  if (name === undefined) return new Date(atMs).toISOString();
  return `${year}, ${name} ${day} ${hour}:${minute}:${second}.${micros}`;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function noSuchJob(jid: string): BrineError {
  return new BrineError('NO_SUCH_JOB', `There is no job ${jid} here, or it is no longer kept.`, {
    fields: { jid },
  });
}
