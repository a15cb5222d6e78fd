import type { Cause } from './event.ts';
import { type TraceContext, traceFromValue, traceToValue, withTrace } from './trace-context.ts';
import { mapOf, textAt, type Value, type ValueMap } from './value.ts';

/** A job as the master publishes it and a minion receives it. */
export interface JobLoad {
  readonly jid: string;
  readonly fun: string;
  readonly arg: readonly Value[];
  readonly kwarg: ValueMap;
  readonly tgt: Value;
  readonly tgtType: string;
  readonly user: string;
  readonly ret: string;
  readonly metadata: Value | null;
  readonly cause: Cause | null;
  readonly depth: number;
  /** Where the job was asked for; its own span is under it. */
  readonly trace?: TraceContext;
}

/** The load of a job that nobody published: a minion ran it by itself, on the spot. */
export function unaskedLoad(
  id: string,
  call: {
    readonly jid: string;
    readonly fun: string;
    readonly arg: readonly Value[];
    readonly kwarg: ValueMap;
  },
): JobLoad {
  const { jid, fun, arg, kwarg } = call;
  return {
    jid,
    fun,
    arg,
    kwarg,
    tgt: id,
    tgtType: 'glob',
    user: '',
    ret: '',
    metadata: null,
    cause: null,
    depth: 0,
  };
}

/** Jobs with one lane share what is scarce; others have shares of their own. A rule's, or a function's that was asked for by hand. */
export function jobLane({ cause, fun }: JobLoad): string {
  return cause === null ? `function ${fun}` : `rule ${cause.rule}`;
}

/** What a minion reports of a job. */
export interface JobReturn {
  readonly jid: string;
  readonly fun: string;
  readonly funArgs: readonly Value[];
  readonly return: Value;
  readonly retcode: number;
  readonly success: boolean;
}

/** Salt's flat argument list: positionals, then the keywords as one map marked `__kwarg__`. */
export function flatArguments(arg: readonly Value[], kwarg: ValueMap): Value[] {
  return kwarg.size === 0 ? [...arg] : [...arg, new Map<Value, Value>([['__kwarg__', true], ...kwarg])];
}

/** The reverse of `flatArguments`. */
export function splitArguments(flat: readonly Value[]): { arg: Value[]; kwarg: ValueMap } {
  const arg: Value[] = [];
  const kwarg: ValueMap = new Map();
  for (const item of flat) {
    if (item instanceof Map && item.get('__kwarg__') === true) {
      for (const [key, value] of item) if (key !== '__kwarg__') kwarg.set(key, value);
    } else arg.push(item);
  }
  return { arg, kwarg };
}

export function jobToValue(job: JobLoad): ValueMap {
  return mapOf({
    jid: job.jid,
    fun: job.fun,
    arg: [...job.arg],
    kwarg: job.kwarg,
    tgt: job.tgt,
    tgt_type: job.tgtType,
    user: job.user,
    ret: job.ret,
    metadata: job.metadata ?? undefined,
    cause: job.cause === null ? undefined : mapOf({ event: job.cause.event, rule: job.cause.rule }),
    depth: job.depth,
    trace: job.trace === undefined ? undefined : traceToValue(job.trace),
  });
}

export function jobFromValue(raw: Value): JobLoad {
  const map = raw instanceof Map ? raw : new Map<Value, Value>();
  const cause = map.get('cause');
  const kwarg = map.get('kwarg');
  const arg = map.get('arg');
  return {
    jid: textAt(map, 'jid'),
    fun: textAt(map, 'fun'),
    arg: Array.isArray(arg) ? arg : [],
    kwarg: kwarg instanceof Map ? kwarg : new Map(),
    tgt: map.get('tgt') ?? '',
    tgtType: textAt(map, 'tgt_type') || 'glob',
    user: textAt(map, 'user'),
    ret: textAt(map, 'ret'),
    metadata: map.get('metadata') ?? null,
    cause: cause instanceof Map ? { event: textAt(cause, 'event'), rule: textAt(cause, 'rule') } : null,
    depth: Number(map.get('depth') ?? 0),
    ...withTrace(traceFromValue(map.get('trace'))),
  };
}

export function returnToValue(ret: JobReturn): ValueMap {
  return mapOf({
    jid: ret.jid,
    fun: ret.fun,
    fun_args: [...ret.funArgs],
    return: ret.return,
    retcode: ret.retcode,
    success: ret.success,
  });
}

export function returnFromValue(raw: Value): JobReturn {
  const map = raw instanceof Map ? raw : new Map<Value, Value>();
  const funArgs = map.get('fun_args');
  return {
    jid: textAt(map, 'jid'),
    fun: textAt(map, 'fun'),
    funArgs: Array.isArray(funArgs) ? funArgs : [],
    return: map.get('return') ?? null,
    retcode: Number(map.get('retcode') ?? 0),
    success: map.get('success') === true,
  };
}
