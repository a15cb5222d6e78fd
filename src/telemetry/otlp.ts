import { createTraceState, type HrTime, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { isRecorded, spanIdOf, type TraceContext, traceIdOf } from '../core/index.ts';
import type { Span, SpanSender } from './span-export.ts';

export interface OtlpOptions {
  /** null: as the standard OTEL_… variables say, which the exporter reads itself. */
  readonly endpoint: string | null;
  readonly headers: Readonly<Record<string, string>>;
  /** What all spans are from: `service.name` and its like. */
  readonly resource: Readonly<Record<string, string>>;
}

/** The form in which the exporter takes spans. They are made here and not by a tracer, because ids are given. */
type Exported = Parameters<OTLPTraceExporter['export']>[0][number];

const succeeded = 0;

/** Spans by OTLP over HTTP, with the exporter's own pauses and repeats. */
export function openOtlp({ endpoint, headers, resource: attributes }: OtlpOptions): SpanSender {
  const exporter = new OTLPTraceExporter({
    headers: { ...headers },
    ...(endpoint === null ? {} : { url: endpoint }),
  });
  const resource: Exported['resource'] = {
    attributes: { ...attributes },
    merge: (other) => other ?? resource,
    getRawAttributes: () => Object.entries(attributes),
  };
  return {
    send: (spans) =>
      new Promise((resolve, reject) => {
        exporter.export(
          spans.map((span) => exportedOf(span, resource)),
          ({ code, error }) => {
            if (code === succeeded) resolve();
            else reject(error ?? new Error('The collector did not take them.'));
          },
        );
      }),
    close: () => exporter.shutdown(),
  };
}

const kinds = {
  server: SpanKind.SERVER,
  internal: SpanKind.INTERNAL,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const;

function exportedOf(span: Span, resource: Exported['resource']): Exported {
  const { name, type, trace, parent, startMs, endMs, failed, fields } = span;
  const context = spanContextOf(trace, spanIdOf(trace));
  return {
    name,
    kind: kinds[type],
    spanContext: () => context,
    ...(parent === null ? {} : { parentSpanContext: spanContextOf(trace, parent) }),
    startTime: hrTime(startMs),
    endTime: hrTime(endMs),
    duration: hrTime(endMs - startMs),
    status:
      failed === undefined ? { code: SpanStatusCode.UNSET } : { code: SpanStatusCode.ERROR, message: failed },
    attributes: { ...fields },
    links: [],
    events: [],
    ended: true,
    resource,
    instrumentationScope: { name: 'brine' },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

function spanContextOf(trace: TraceContext, spanId: string): ReturnType<Exported['spanContext']> {
  const { state } = trace;
  return {
    traceId: traceIdOf(trace),
    spanId,
    traceFlags: isRecorded(trace) ? 1 : 0,
    ...(state === undefined ? {} : { traceState: createTraceState(state) }),
  };
}

/** Seconds and nanoseconds since 1970. */
function hrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000);
  return [seconds, Math.round((ms - seconds * 1000) * 1_000_000)];
}
