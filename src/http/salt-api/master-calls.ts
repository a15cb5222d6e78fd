import type { FunctionCall } from '../../client/index.ts';
import { isBrineError, mapOf, stampAt, type Value, type ValueMap } from '../../core/index.ts';
import { HttpError } from '../server/http-error.ts';
import type { Caller } from '../users/caller.ts';
import { mayCall } from '../users/permissions.ts';
import { refuseForeignTag } from './emit-limit.ts';
import type { Execution } from './execution.ts';
import { unknownJob, withoutEmptyMissing } from './job-facts.ts';
import { argumentsOf, type Chunk } from './lowstate.ts';
import { ReturnedError } from './salt-errors.ts';

type Kind = 'runner' | 'wheel';

/** What is about the request and not about the function. */
const notArguments = new Set([
  'client',
  'fun',
  'token',
  'username',
  'password',
  'eauth',
  'user',
  'key',
  'timeout',
  'full_return',
]);

/** A runner's return (the whole event with `full_return`), or a wheel's facts. */
export async function runCall(kind: Kind, chunk: Chunk, execution: Execution): Promise<Value> {
  const { caller, parts } = execution;
  const call = callOf(kind, chunk, caller);
  try {
    const result = await parts.master.require().call(kind, call);
    const facts = factsOf(kind, call, caller, result);
    if (kind === 'wheel') return mapOf({ tag: result.tag, data: facts });
    const missing = result.success ? undefined : unknownJob(call);
    if (missing !== undefined) return missing;
    if (call.fun === 'jobs.list_job') withoutEmptyMissing(result.return);
    if (chunk.get('full_return') !== true) return result.return;
    facts.set('_stamp', stampAt(parts.clock.nowMs()));
    return mapOf({ data: facts, tag: `${result.tag}/ret` });
  } catch (error) {
    if (isBrineError(error, 'BAD_ARGUMENT')) throw new ReturnedError(500, error.message);
    if (!isBrineError(error, 'NO_SUCH_FUNCTION')) throw error;
    if (kind === 'runner') throw new ReturnedError(500, error.message);
    return unknownWheel(call, execution, error.message);
  }
}

/** Starts it: `{tag, jid}`. */
export async function startCall(kind: Kind, chunk: Chunk, { caller, parts }: Execution): Promise<Value> {
  const call = callOf(kind, chunk, caller);
  try {
    const { tag, jid } = await parts.master.require().start(kind, call);
    return mapOf({ tag, jid });
  } catch (error) {
    if (isBrineError(error, 'NO_SUCH_FUNCTION') || isBrineError(error, 'BAD_ARGUMENT'))
      throw new ReturnedError(500, error.message);
    throw error;
  }
}

/** The call that a chunk asks for. Throws 401 when the caller may not. */
function callOf(kind: Kind, chunk: Chunk, caller: Caller): FunctionCall {
  const fun = chunk.get('fun');
  if (typeof fun !== 'string') throw new HttpError(400, `${kind} takes at least 1 argument (0 given)`);
  const { arg, kwarg } = argumentsOf(chunk);
  const isWritten = arg.length > 0 || kwarg.size > 0;
  const loose: ValueMap = new Map([...chunk].filter(([key]) => !isNotArgument(key)));
  const checked = isWritten ? kwarg : loose;
  if (!mayCall(caller.perms, kind, fun, arg, checked))
    throw new HttpError(
      401,
      `Authentication failure of type "${caller.by}" occurred for user ${caller.name}.`,
    );
  refuseForeignTag(caller, fun, arg, checked);
  const emit = caller.emit.everything ? {} : { emit: caller.emit.globs };
  const given = isWritten ? { arg, kwarg } : { loose };
  return { fun, ...given, ...emit, asker: caller.asker };
}

function isNotArgument(key: Value): boolean {
  return typeof key === 'string' && (notArguments.has(key) || key === 'arg' || key === 'kwarg');
}

function factsOf(
  kind: Kind,
  { fun, arg = [], kwarg, loose }: FunctionCall,
  { asker }: Caller,
  result: { readonly jid: string; readonly tag: string; readonly return: Value; readonly success: boolean },
): ValueMap {
  const keywords = loose ?? kwarg ?? new Map<Value, Value>();
  const head = { fun: `${kind}.${fun}`, jid: result.jid };
  const tail = { return: result.return, success: result.success };
  if (kind === 'wheel') return mapOf({ ...head, tag: result.tag, user: asker.user, ...tail });
  const args = keywords.size === 0 ? [...arg] : [...arg, keywords];
  return mapOf({ ...head, user: asker.user, fun_args: args, ...tail });
}

/** A wheel that does not exist is answered as one that failed. */
function unknownWheel({ fun }: FunctionCall, { parts, caller }: Execution, message: string): Value {
  const jid = parts.ids.jid();
  const tag = `salt/wheel/${jid}`;
  const data = mapOf({
    fun: `wheel.${fun}`,
    jid,
    tag,
    user: caller.asker.user,
    return: `Exception occurred in wheel ${fun}: ${message}`,
    success: false,
    _stamp: stampAt(parts.clock.nowMs()),
  });
  return mapOf({ tag, data });
}
