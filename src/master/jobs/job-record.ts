import {
  type EventHead,
  flatArguments,
  isJid,
  type JobLoad,
  jobFromValue,
  jobToValue,
  mapOf,
  type OutgoingEvent,
  type Value,
  type ValueMap,
} from '../../core/index.ts';

/** A job as the master remembers it. */
export interface JobRecord {
  readonly load: JobLoad;
  /** Who it was sent to. */
  readonly minions: readonly string[];
  readonly missing: readonly string[];
  readonly atMs: number;
}

/** Characters that a jid given by a caller may have: it becomes a key and a part of tags. */
const jidCharsMax = 64;

/** Whether a caller may use this text as a job id. */
export function isUsableJid(jid: string): boolean {
  return isJid(jid) && jid.length <= jidCharsMax && /^[\w.-]+$/.test(jid);
}

export function jobRecordToValue(record: JobRecord): ValueMap {
  const map = jobToValue(record.load);
  map.set('minions', [...record.minions]);
  map.set('missing', [...record.missing]);
  map.set('at_ms', record.atMs);
  return map;
}

export function jobRecordFromValue(value: Value): JobRecord {
  const map = value instanceof Map ? value : new Map<Value, Value>();
  return {
    load: jobFromValue(map),
    minions: textsOf(map.get('minions')),
    missing: textsOf(map.get('missing')),
    atMs: Number(map.get('at_ms') ?? 0),
  };
}

/** What events of this job carry. */
export function jobHead(load: JobLoad, source: string): EventHead {
  return load.cause === null
    ? { source, depth: load.depth }
    : { source, depth: load.depth, cause: load.cause };
}

/** `salt/job/<jid>/new`. */
export function newJobEvent({ load, minions, missing }: JobRecord): OutgoingEvent {
  return {
    tag: `salt/job/${load.jid}/new`,
    data: mapOf({
      jid: load.jid,
      tgt_type: load.tgtType,
      tgt: load.tgt,
      user: load.user,
      fun: load.fun,
      arg: flatArguments(load.arg, load.kwarg),
      minions: [...minions],
      missing: [...missing],
      metadata: load.metadata ?? undefined,
    }),
    head: jobHead(load, 'master'),
  };
}

function textsOf(value: Value | undefined): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
