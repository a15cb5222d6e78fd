import { createHash } from 'node:crypto';
import { mapOf, type Value, type ValueMap } from './value.ts';

/** A place in a trace, as W3C Trace Context writes it. Whoever goes on from there makes spans under `parent`. */
export interface TraceContext {
  /** `00-<trace id>-<span id>-<flags>`; flag 1: the trace is recorded. */
  readonly parent: string;
  /** `tracestate` of the systems before, handed on as it came. */
  readonly state?: string;
}

const parentPattern = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const stateCharsMax = 512;
/** Flags that this version of the format knows: recorded, and that the trace id is random. */
const knownFlags = 3;

/**
 * Reads what a sender claims, from a header or from data; undefined when it is no trace context. Later versions of
 * the format are read as version 00, as the standard asks. A bad `tracestate` is left out, the trace stays.
 */
export function traceContext(parent: Value | undefined, state?: Value): TraceContext | undefined {
  if (typeof parent !== 'string' || parent.length > stateCharsMax) return undefined;
  const [, version, trace = '', span = '', flags = '', more] = parentPattern.exec(parent.trim()) ?? [];
  if (version === undefined || version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  if (/^0+$/.test(trace) || /^0+$/.test(span)) return undefined;
  const known = Number.parseInt(flags, 16) & knownFlags;
  const context = { parent: `00-${trace}-${span}-0${known}` };
  return isState(state) ? { ...context, state } : context;
}

function isState(state: Value | undefined): state is string {
  return typeof state === 'string' && state.length <= stateCharsMax && /^[\x20-\x7e]+$/.test(state);
}

/** The context in an event's data, where Salt 3008 puts it (`salt/utils/tracing.py`: beside `_stamp`). */
export function traceOfData(data: ValueMap): TraceContext | undefined {
  return data.has('traceparent') ? traceContext(data.get('traceparent'), data.get('tracestate')) : undefined;
}

export function traceIdOf({ parent }: TraceContext): string {
  return parent.slice(3, 35);
}

export function spanIdOf({ parent }: TraceContext): string {
  return parent.slice(36, 52);
}

/** Whether spans of this trace are wanted. */
export function isRecorded({ parent }: TraceContext): boolean {
  return (Number.parseInt(parent.slice(-2), 16) & 1) === 1;
}

/** The same trace, under another of its spans. */
export function under(context: TraceContext, span: string): TraceContext {
  const parent = `${context.parent.slice(0, 36)}${span}${context.parent.slice(52)}`;
  return context.state === undefined ? { parent } : { parent, state: context.state };
}

/** What a span is of. With the ids of that thing it makes the span's id: a repeat after a crash is the same span. */
export type SpanSubject = 'event' | 'decision' | 'reaction' | 'job' | 'return';

export function spanIdFor(subject: SpanSubject, ...ids: readonly string[]): string {
  return digest(subject, ids).slice(0, 16);
}

/**
 * A trace that begins with an event which came without one; undefined when it is not among the recorded share.
 * The same event always gives the same trace. Its `parent` is the event's own span.
 */
export function traceFrom(event: string, share: number): TraceContext | undefined {
  if (share <= 0) return undefined;
  const trace = digest('trace', [event]).slice(0, 32);
  if (Number.parseInt(trace.slice(0, 13), 16) >= share * 16 ** 13) return undefined;
  return { parent: `00-${trace}-${spanIdFor('event', event)}-01` };
}

function digest(subject: string, ids: readonly string[]): string {
  return createHash('sha256')
    .update([subject, ...ids].join('\0'))
    .digest('hex');
}

/** `{trace}`, or nothing: most things have none, and then they carry no member for it. */
export function withTrace(trace: TraceContext | undefined): { readonly trace?: TraceContext } {
  return trace === undefined ? {} : { trace };
}

export function traceToValue({ parent, state }: TraceContext): ValueMap {
  return mapOf({ parent, state });
}

/** undefined for anything that is not a trace context, also from an untrusted peer. */
export function traceFromValue(raw: Value | undefined): TraceContext | undefined {
  return raw instanceof Map ? traceContext(raw.get('parent'), raw.get('state')) : undefined;
}
