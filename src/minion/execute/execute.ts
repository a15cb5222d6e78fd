import { setMaxListeners } from 'node:events';
import {
  flatArguments,
  type JobLoad,
  type JobReturn,
  mapOf,
  messageOf,
  type Value,
  type ValueMap,
} from '../../core/index.ts';
import { CommandFailed, FunctionThrew, InvalidArguments } from '../modules/errors.ts';
import type { Call } from '../modules/types.ts';
import { type Functions, NotAvailable } from './functions.ts';

/** What one call needs beside its job. */
export type CallParts = Omit<Call, 'job' | 'publishedJid' | 'publication' | 'setRetcode'>;

const listenersMax = 100;

/**
 * Runs one job's function; whatever happens becomes its return. Never rejects. `ownCall` is what functions
 * learn of a call that no master published.
 */
export async function execute(
  functions: Functions,
  load: JobLoad,
  parts: CallParts,
  ownCall: ValueMap | null = null,
): Promise<JobReturn> {
  // Each function that works for this call listens, and they may call each other.
  setMaxListeners(listenersMax, parts.signal);
  let retcode: number | undefined;
  const call: Call = {
    ...parts,
    job: load,
    publishedJid: ownCall === null ? load.jid : null,
    publication: ownCall ?? publicationOf(load),
    setRetcode: (code) => {
      retcode = code;
    },
  };
  let value: Value;
  try {
    value = await functions.call(load.fun, load.arg, load.kwarg, call);
    retcode ??= retcodeOf(value);
  } catch (error) {
    ({ value, retcode } = failureOf(load.fun, error));
  }
  return returnOf(load, value, retcode);
}

function publicationOf(load: JobLoad): ValueMap {
  return mapOf({
    __pub_fun: load.fun,
    __pub_arg: flatArguments(load.arg, load.kwarg),
    __pub_tgt: load.tgt,
    __pub_jid: load.jid,
    __pub_ret: load.ret,
    __pub_tgt_type: load.tgtType,
    __pub_user: load.user,
  });
}

export function returnOf(load: JobLoad, value: Value, retcode: number): JobReturn {
  return {
    jid: load.jid,
    fun: load.fun,
    funArgs: flatArguments(load.arg, load.kwarg),
    return: value,
    retcode,
    success: retcode === 0,
  };
}

/** Salt's words for each kind of failure, because scripts and people look for them. */
function failureOf(fun: string, error: unknown): { value: string; retcode: number } {
  if (error instanceof NotAvailable) return { value: error.message, retcode: 1 };
  if (error instanceof InvalidArguments)
    return { value: `Passed invalid arguments to ${fun}: ${error.message}`, retcode: 1 };
  if (error instanceof CommandFailed) return { value: `ERROR: ${error.message}`, retcode: error.retcode };
  const retcode = error instanceof FunctionThrew ? error.retcode : 1;
  const text =
    error instanceof Error && !(error instanceof FunctionThrew)
      ? `${error.name}: ${error.message}`
      : messageOf(error);
  return { value: `The minion function caused an exception: ${text}`, retcode };
}

/** Results that say by themselves that something failed: 2 for a false state, 1 for a false result. */
function retcodeOf(value: Value): number {
  if (!(value instanceof Map)) return 0;
  for (const [key, item] of value) {
    if (typeof key === 'string' && key.includes('_|-') && item instanceof Map && item.get('result') === false)
      return 2;
  }
  return value.get('result') === false || value.get('success') === false ? 1 : 0;
}
