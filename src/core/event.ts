import { type TraceContext, traceFromValue } from './trace-context.ts';
import { textAt, type Value, type ValueMap } from './value.ts';

/** Why an event exists: the event and the rule that led to it, and how many reactions came before it. */
export interface Cause {
  readonly event: string;
  readonly rule: string;
}

/**
 * What the bus knows of an event beside its tag and data. It is written by the master from its own
 * records, never taken from a sender's data.
 */
export interface EventHead {
  readonly cause?: Cause;
  /** How many reactions lie between this event and one from outside. */
  readonly depth?: number;
  /** Who sent it, from the credential: `local`, `minion:<id>`, … */
  readonly source?: string;
  /** The trace that it belongs to; the sender may name it, since it only joins what is shown together. */
  readonly trace?: TraceContext;
}

/**
 * Events as they travel, are stored and are read: together, with their data still encoded (a msgpack map
 * each), because most events interest no rule and are never decoded. `tags`, `bodies` and `heads` have the
 * same length; event i has the sequence number `firstSeq + i`.
 */
export interface EventBatch {
  readonly firstSeq: number;
  /** When the log took them, in milliseconds since 1970. */
  readonly atMs: number;
  readonly tags: readonly string[];
  readonly bodies: readonly Uint8Array[];
  /** null when no event of the batch has a head. */
  readonly heads: readonly (EventHead | null)[] | null;
  /** The whole batch as the log wrote it (`[atMs, tags, bodies, heads]` in msgpack), for whoever hands it on. */
  readonly encoded?: Uint8Array;
  /** How many there are, where that is known before anybody looks at the tags. */
  readonly count?: number;
}

/** Events on their way into a log. */
export interface NewEvents {
  readonly tags: readonly string[];
  readonly bodies: readonly Uint8Array[];
  readonly heads: readonly (EventHead | null)[] | null;
  /** The same as they came, when nobody has looked at them: a log takes these over. */
  readonly packed?: PackedEvents;
}

/** Events in the form in which they travel, known to be sound. */
export interface PackedEvents {
  readonly count: number;
  /** The list of the tags and the list of the bodies in msgpack, one behind the other. */
  readonly bytes: Uint8Array;
  /** The head of each of them. */
  readonly head: EventHead | null;
}

/** How many events there are, without a look at them where that can be. */
export function countOf(events: EventBatch | NewEvents): number {
  if ('packed' in events && events.packed !== undefined) return events.packed.count;
  return 'count' in events && events.count !== undefined ? events.count : events.tags.length;
}

/** One event, decoded, as the engine and the templates see it. */
export interface Event {
  /** `<log id>-<sequence>`: the same after every restart. */
  readonly id: string;
  readonly seq: number;
  readonly atMs: number;
  readonly tag: string;
  readonly data: ValueMap;
  readonly head: EventHead;
}

/** One event as senders give it. */
export interface OutgoingEvent {
  readonly tag: string;
  readonly data: ValueMap;
  readonly head?: EventHead;
}

export function eventId(logId: string, seq: number): string {
  return `${logId}-${seq}`;
}

/** The depth of whatever a reaction to `event` causes. */
export function nextDepth(head: EventHead): number {
  return (head.depth ?? 0) + 1;
}

/** Reads a head from untyped wire or storage data; unknown members are dropped. */
export function readHead(raw: Value | undefined): EventHead | null {
  if (!(raw instanceof Map)) return null;
  const head: { cause?: Cause; depth?: number; source?: string; trace?: TraceContext } = {};
  const cause = raw.get('cause');
  const depth = raw.get('depth');
  const source = raw.get('source');
  if (cause instanceof Map) head.cause = { event: textAt(cause, 'event'), rule: textAt(cause, 'rule') };
  if (typeof depth === 'number') head.depth = depth;
  if (typeof source === 'string') head.source = source;
  const trace = traceFromValue(raw.get('trace'));
  if (trace !== undefined) head.trace = trace;
  return head;
}

/** The part of a batch from `fromSeq` on. */
export function tailOf(batch: EventBatch, fromSeq: number): EventBatch {
  const skip = fromSeq - batch.firstSeq;
  if (skip <= 0) return batch;
  return {
    firstSeq: fromSeq,
    atMs: batch.atMs,
    tags: batch.tags.slice(skip),
    bodies: batch.bodies.slice(skip),
    heads: batch.heads === null ? null : batch.heads.slice(skip),
  };
}
