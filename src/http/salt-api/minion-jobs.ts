import { type CmdOptions, LocalClient } from '../../client/index.ts';
import { fromPlain, isBrineError, mapOf, type Plain, toPlain, type Value } from '../../core/index.ts';
import { HttpError } from '../server/http-error.ts';
import { targetsFor } from '../users/permissions.ts';
import { refuseForeignTag } from './emit-limit.ts';
import type { Execution } from './execution.ts';
import { argumentsOf, type Chunk } from './lowstate.ts';
import { ReturnedError } from './salt-errors.ts';

/** A job as a chunk asks for it, checked against what its caller may do. */
interface Job {
  readonly tgt: string | string[];
  readonly fun: string;
  readonly arg: Value[];
  readonly options: CmdOptions;
  readonly fullReturn: boolean;
}

/** `{minion: return}`; with `full_return`, `{minion: {ret, retcode, jid}}`. */
export async function runJob(chunk: Chunk, execution: Execution): Promise<Value> {
  const funs = chunk.get('fun');
  if (Array.isArray(funs)) return runSeveral(funs, chunk, execution);
  const returns = new Map<Value, Value>();
  for await (const [id, value] of follow(jobOf(chunk, execution), execution)) returns.set(id, value);
  return returns;
}

/** `{jid, minions}`; an empty map when nobody matches. */
export async function startJob(chunk: Chunk, execution: Execution): Promise<Value> {
  const { tgt, fun, arg, options } = jobOf(chunk, execution);
  const { asker, within, metadata, kwarg, tgtType } = options;
  const { jid, minions } = await execution.parts.master.require().job({
    tgt: fromPlain(tgt),
    tgtType: tgtType ?? 'glob',
    fun,
    arg,
    kwarg: fromPlain(kwarg) as Map<Value, Value>,
    ...(asker === undefined ? {} : { asker }),
    ...(within === undefined ? {} : { within }),
    ...(metadata === undefined ? {} : { metadata: fromPlain(metadata) }),
  });
  return jid === null ? new Map() : mapOf({ jid, minions: [...minions] });
}

/** One map for each minion, in the order in which they return. */
export async function runBatch(chunk: Chunk, execution: Execution): Promise<Value[]> {
  const job = jobOf(chunk, execution);
  const batch = chunk.get('batch') ?? '10%';
  const size = typeof batch === 'number' ? batch : String(batch as string);
  const returns: Value[] = [];
  const batched = { ...job, options: { ...job.options, batch: size } };
  for await (const [id, value] of follow(batched, execution)) returns.push(new Map([[id, value]]));
  return returns;
}

/** Runs it on some of the minions that answer, picked at random. */
export async function runSubset(chunk: Chunk, execution: Execution): Promise<Value> {
  const job = jobOf(chunk, execution);
  const wanted = Number(chunk.get('subset') ?? 3);
  const ping = {
    ...job,
    fun: 'test.ping',
    arg: [],
    options: { ...job.options, kwarg: {} },
    fullReturn: false,
  };
  const ids: string[] = [];
  for await (const [id, value] of follow(ping, execution)) if (value === true) ids.push(id);
  const { ids: random } = execution.parts;
  const picked = ids
    .map((id) => ({ id, at: random.fraction() }))
    .sort((a, b) => a.at - b.at)
    .slice(0, Math.max(1, Math.floor(wanted) || 1))
    .map(({ id }) => id);
  const returns = new Map<Value, Value>();
  if (picked.length === 0) return returns;
  const some = { ...job, tgt: picked, options: { ...job.options, tgtType: 'list' } };
  for await (const [id, value] of follow(some, execution)) returns.set(id, value);
  return returns;
}

/** A compound command: several functions, each with its list of arguments, told by function. */
async function runSeveral(funs: readonly Value[], chunk: Chunk, execution: Execution): Promise<Value> {
  const given = chunk.get('arg');
  const args = Array.isArray(given) ? given : [];
  const together = new Map<Value, Value>();
  for (const [index, fun] of funs.entries()) {
    const arg = args[index];
    const single = new Map(chunk).set('fun', fun).set('arg', Array.isArray(arg) ? arg : []);
    for await (const [id, value] of follow(jobOf(single, execution), execution)) {
      const found = together.get(id);
      const byFunction = found instanceof Map ? found : new Map<Value, Value>();
      together.set(id, byFunction.set(fun, value));
    }
  }
  return together;
}

async function* follow(job: Job, execution: Execution): AsyncGenerator<readonly [id: string, value: Value]> {
  const { parts, signal } = execution;
  const local = new LocalClient(parts.master.require(), parts.clock);
  let jid: string | null = null;
  const { tgt, fun, arg, options } = job;
  try {
    const news = local.follow(tgt, fun, arg, options, (published) => {
      jid = published.jid;
    });
    for await (const one of news) {
      if (signal.aborted) return;
      if (one.kind === 'return') yield [one.id, job.fullReturn ? fullReturn(one.return) : one.return.return];
      if (one.kind === 'silent') yield [one.id, silence(jid ?? '')];
    }
  } catch (error) {
    // Nobody matches: salt-api answers with nothing.
    if (jid === null && isBrineError(error, 'BAD_ARGUMENT')) return;
    throw error;
  }
}

function fullReturn(ret: { readonly return: Value; readonly retcode: number; readonly jid: string }): Value {
  return mapOf({ ret: ret.return, retcode: ret.retcode, jid: ret.jid });
}

/** What salt-api's clients look for when a minion does not return. */
function silence(jid: string): string {
  return [
    'Minion did not return. [No response]',
    'The minions may not have all finished running and any remaining minions will return upon completion. To look up the return data for this job later, run the following command:',
    '',
    `salt-run jobs.lookup_jid ${jid}`,
  ].join('\n');
}

/** Throws 401 when the caller may not run the function, anywhere or on these minions. */
function jobOf(chunk: Chunk, { caller }: Execution): Job {
  const fun = chunk.get('fun');
  const tgt = chunk.get('tgt');
  if (typeof fun !== 'string' || fun === '') throw new ReturnedError(500, 'A lowstate of a job needs `fun`.');
  if (tgt === undefined || tgt === null || tgt === '')
    throw new ReturnedError(500, 'A lowstate of a job needs `tgt`.');
  const { arg, kwarg } = argumentsOf(chunk);
  const targets = targetsFor(caller.perms, fun, arg, kwarg);
  if (targets !== 'everywhere' && targets.length === 0)
    throw new HttpError(401, 'Authorization error occurred.');
  refuseForeignTag(caller, fun, arg, kwarg);
  const tgtType = chunk.get('tgt_type') ?? chunk.get('expr_form');
  return {
    tgt: Array.isArray(tgt) ? tgt.map((item) => String(item as string)) : String(tgt as string),
    fun,
    arg,
    fullReturn: chunk.get('full_return') === true,
    options: {
      kwarg: toPlainObject(kwarg),
      asker: caller.asker,
      ...(typeof tgtType === 'string' ? { tgtType } : {}),
      ...(targets === 'everywhere' ? {} : { within: targets }),
      ...secondsAt(chunk, 'timeout', 'timeout'),
      ...secondsAt(chunk, 'gather_job_timeout', 'gatherJobTimeout'),
      ...(chunk.has('metadata') ? { metadata: chunk.get('metadata') } : {}),
    },
  };
}

function toPlainObject(kwarg: Map<Value, Value>): Record<string, Plain> {
  return toPlain(kwarg) as Record<string, Plain>;
}

const waitMaxS = 24 * 3600;

function secondsAt<K extends string>(chunk: Chunk, key: string, name: K): { [key in K]?: number } {
  const value = Number(chunk.get(key) ?? Number.NaN);
  return Number.isFinite(value) && value > 0
    ? ({ [name]: Math.min(value, waitMaxS) } as { [key in K]?: number })
    : {};
}
