import {
  type EventHead,
  flatArguments,
  isJid,
  type JobLoad,
  type OutgoingEvent,
  spanIdFor,
  traceFromValue,
  traceToValue,
  under,
  type Value,
  type ValueMap,
  withTrace,
} from '../../core/index.ts';

/** A job as the master remembers it. */
export interface JobRecord {
  readonly load: JobLoad;
  /** Who it was sent to. */
  readonly minions: readonly string[];
  readonly missing: readonly string[];
  readonly atMs: number;
  /** Who asked for it, when it was not the master's own user; told by its first event, not kept. */
  readonly source?: string;
}

/** Characters that a jid given by a caller may have: it becomes a key and a part of tags. */
const jidCharsMax = 64;

/** Whether a caller may use this text as a job id. */
export function isUsableJid(jid: string): boolean {
  return isJid(jid) && jid.length <= jidCharsMax && /^[\w.-]+$/.test(jid);
}

/** A list, not a map: there are many, and their names would be half of them. */
export function jobRecordToValue({ load, minions, missing, atMs }: JobRecord): Value[] {
  const { jid, fun, arg, kwarg, tgt, tgtType, user, ret, metadata, cause, depth, trace } = load;
  const given = cause === null ? null : [cause.event, cause.rule];
  const to = [[...minions], [...missing], atMs];
  const row = [jid, fun, [...arg], kwarg, tgt, tgtType, user, ret, metadata, given, depth, ...to];
  return trace === undefined ? row : [...row, traceToValue(trace)];
}

export function jobRecordFromValue(value: Value): JobRecord {
  const row = Array.isArray(value) ? value : [];
  const [jid, fun, arg, kwarg, tgt, tgtType, user, ret, metadata, cause, depth, ...to] = row;
  const [minions, missing, atMs, trace] = to;
  const load = {
    jid: textOf(jid),
    fun: textOf(fun),
    arg: Array.isArray(arg) ? arg : [],
    kwarg: kwarg instanceof Map ? kwarg : new Map(),
    tgt: tgt ?? '',
    tgtType: textOf(tgtType),
    user: textOf(user),
    ret: textOf(ret),
    metadata: metadata ?? null,
    cause: Array.isArray(cause) ? { event: textOf(cause[0]), rule: textOf(cause[1]) } : null,
    depth: Number(depth ?? 0),
    ...withTrace(traceFromValue(trace)),
  };
  return { load, minions: textsOf(minions), missing: textsOf(missing), atMs: Number(atMs ?? 0) };
}

function textOf(value: Value | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** What events of this job carry. */
export function jobHead(load: JobLoad, source: string): EventHead {
  const { depth, cause, trace } = load;
  const head = cause === null ? { source, depth } : { source, depth, cause };
  return trace === undefined ? head : { ...head, trace: under(trace, spanIdFor('job', load.jid)) };
}

/** What the event of a return carries. */
export function returnHead(load: JobLoad, source: string, id: string): EventHead {
  const head = jobHead(load, source);
  const { trace } = head;
  return trace === undefined ? head : { ...head, trace: under(trace, spanIdFor('return', load.jid, id)) };
}

/** `salt/job/<jid>/new`. */
export function newJobEvent({ load, minions, missing, source }: JobRecord): OutgoingEvent {
  return {
    tag: `salt/job/${load.jid}/new`,
    data: metadataOn(
      new Map<Value, Value>()
        .set('jid', load.jid)
        .set('tgt_type', load.tgtType)
        .set('tgt', load.tgt)
        .set('user', load.user)
        .set('fun', load.fun)
        .set('arg', flatArguments(load.arg, load.kwarg))
        .set('minions', [...minions])
        .set('missing', [...missing]),
      load.metadata,
    ),
    head: jobHead(load, source ?? 'master'),
  };
}

function metadataOn(data: ValueMap, metadata: Value | null): ValueMap {
  return metadata === null ? data : data.set('metadata', metadata);
}

function textsOf(value: Value | undefined): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
