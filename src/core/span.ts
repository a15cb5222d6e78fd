import type { Telemetry } from './ports.ts';
import type { TraceEvent } from './trace.ts';
import { isRecorded, spanIdOf, type TraceContext, under } from './trace-context.ts';

type Span = Extract<TraceEvent, { kind: 'span' }>;

/** What a span says of itself; its trace and its parent come from the context that it stands in. */
export type SpanFacts = Omit<Span, 'kind' | 'trace' | 'parent'> & { readonly id: string };

/** A span under `context`, for whoever tells it later; null when nobody wants it. */
export function spanUnder(context: TraceContext | undefined, facts: SpanFacts): Span | null {
  if (context === undefined || !isRecorded(context)) return null;
  const { id, ...rest } = facts;
  const above = spanIdOf(context);
  // A trace that begins with an event names the event's own span.
  return { kind: 'span', trace: under(context, id), parent: above === id ? null : above, ...rest };
}

export function tellSpan(telemetry: Telemetry, context: TraceContext | undefined, facts: SpanFacts): void {
  const span = spanUnder(context, facts);
  if (span !== null) telemetry.emit(span);
}
