import {
  type EventHead,
  mapOf,
  type OutgoingEvent,
  stampAt,
  tagFault,
  textAt,
  type Value,
  type ValueMap,
} from '../../core/index.ts';

/** Tags that mean something because only the master fires them. */
const mastersOwn: readonly RegExp[] = [
  /^salt\/auth$/,
  /^salt\/key$/,
  /^salt\/job\/[^/]*\/(new|publish|return|error)$/,
  /^salt\/job\/[^/]*\/ret\//,
  /^salt\/job\/[^/]*\/sub\//,
  /^brine\/job\//,
  /^salt\/run\//,
  /^salt\/wheel\//,
  /^salt\/cloud\//,
  /^salt\/cluster\//,
  /^salt\/batch\//,
  /^salt\/presence\//,
  /salt\/reactors\//,
  /^(\d{20})$/,
];

/** Namespaces that hold a minion's id: a minion may use its own only. */
const minionsOwn: readonly RegExp[] = [
  /^salt\/job\/[^/]*\/prog\/([^/]*)(?:\/|$)/,
  /^salt\/minion\/([^/]*)\//,
  /^salt\/beacon\/([^/]*)\//,
  /^salt\/state_result\/[^/]*\/([^/]*)(?:\/|$)/,
];

/** Why a minion may not fire a tag, or undefined when it may. */
export function minionTagFault(tag: string, id: string): string | undefined {
  const fault = tagFault(tag);
  if (fault !== undefined) return fault;
  if (mastersOwn.some((pattern) => pattern.test(tag))) return 'only the master fires this tag';
  for (const pattern of minionsOwn) {
    const owner = pattern.exec(tag)?.[1];
    if (owner !== undefined && owner !== id) return 'the tag belongs to another minion';
  }
  return undefined;
}

/** An event as a minion sends it. */
export interface MinionEvent {
  readonly tag: string;
  readonly data: Value;
  /** The job that it belongs to. */
  readonly jid: string | null;
}

export function minionEventFromValue(raw: Value): MinionEvent {
  const map: ValueMap = raw instanceof Map ? raw : new Map();
  const jid = textAt(map, 'jid');
  return { tag: textAt(map, 'tag'), data: map.get('data') ?? null, jid: jid === '' ? null : jid };
}

/** The event as the master's bus carries it: wrapped, with the id of the session and never of the payload. */
export function wrapMinionEvent(
  id: string,
  { tag, data, jid }: MinionEvent,
  head: EventHead,
  nowMs: number,
): OutgoingEvent {
  const wrapped = mapOf({
    id,
    cmd: '_minion_event',
    pretag: null,
    data,
    tag,
    jid: jid ?? undefined,
    ts: Math.floor(nowMs / 1000),
    _stamp: stampAt(nowMs),
  });
  return { tag, data: wrapped, head };
}
