import type { FastifyReply, FastifyRequest } from 'fastify';
import { type TraceContext, tellSpan, traceContext, under, withTrace } from '../../core/index.ts';
import type { ApiParts } from './route-group.ts';

const spanBytes = 8;
const traceBytes = 16;

/**
 * The trace of a request that publishes something, for the heads of its events: the sender's, from the header
 * `traceparent`, or a new one while traces are collected. The request's own span is told when the answer has gone.
 */
export function traceOfRequest(
  request: FastifyRequest,
  reply: FastifyReply,
  { clock, ids, settings, telemetry }: Pick<ApiParts, 'clock' | 'ids' | 'settings' | 'telemetry'>,
): { readonly trace?: TraceContext } {
  const { traceparent, tracestate } = request.headers;
  const given = traceContext(textOf(traceparent), textOf(tracestate));
  if (settings.trace === null) return withTrace(given);
  const id = ids.random(spanBytes);
  const above = given ?? newTrace(id, settings.trace.sample, ids);
  if (above === undefined) return {};
  const startMs = clock.nowMs();
  const { method } = request;
  const route = request.routeOptions.url ?? '/';
  reply.raw.once('close', () => {
    const { statusCode } = reply.raw;
    tellSpan(telemetry, above, {
      id,
      name: `${method} ${route}`,
      type: 'server',
      startMs,
      endMs: Math.max(startMs, clock.nowMs()),
      ...(statusCode >= 500 ? { failed: `status ${statusCode}` } : {}),
      fields: {
        'http.request.method': method,
        'http.route': route,
        'url.path': request.url.split('?', 1)[0] ?? '',
        'http.response.status_code': statusCode,
      },
    });
  });
  return { trace: under(above, id) };
}

/** A trace that begins with the span `id`. */
function newTrace(id: string, share: number, ids: ApiParts['ids']): TraceContext | undefined {
  return ids.fraction() < share ? { parent: `00-${ids.random(traceBytes)}-${id}-01` } : undefined;
}

function textOf(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
