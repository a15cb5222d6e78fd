import { z } from 'zod';
import type { Environment } from './paths.ts';

/** What the key `trace` may hold; every member is optional. docs/configuration.md explains each. */
export interface RawTrace {
  otlp_endpoint: string;
  headers: Record<string, string>;
  sample: number;
}

/** Where the spans of traces go. */
export interface TraceSettings {
  /** The address that takes spans, path and all; null when the standard OTEL_… variables name it. */
  readonly endpoint: string | null;
  readonly headers: Readonly<Record<string, string>>;
  /** The share of the traces that begin here which are recorded, from 0 to 1. */
  readonly sample: number;
}

const shape: { readonly [K in keyof RawTrace]: z.ZodType<RawTrace[K]> } = {
  otlp_endpoint: z.url({ protocol: /^https?$/ }),
  headers: z.record(z.string().regex(/^[\w-]+$/), z.string()),
  sample: z.number().min(0).max(1),
};

/** The names within `trace`. */
export const traceNames: readonly string[] = Object.keys(shape);

/** The row of the table of keys. */
export const traceKey: {
  readonly schema: z.ZodType<Partial<RawTrace>>;
  readonly what: string;
  readonly fallback: null;
} = {
  schema: z.strictObject({
    otlp_endpoint: shape.otlp_endpoint.optional(),
    headers: shape.headers.optional(),
    sample: shape.sample.optional(),
  }) as z.ZodType<Partial<RawTrace>>,
  what: 'a map of `otlp_endpoint` (an http or https address), `headers` (names and texts) and `sample` (0 to 1)',
  fallback: null,
};

/** null when nothing says where spans go: then nothing of tracing is loaded. */
export function traceSettings(given: Partial<RawTrace> | null, env: Environment): TraceSettings | null {
  const named = env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] || env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  const endpoint = given?.otlp_endpoint ?? null;
  if (env['OTEL_SDK_DISABLED'] === 'true' || (endpoint === null && !named)) return null;
  return {
    endpoint: endpoint === null ? null : withPath(endpoint),
    headers: given?.headers ?? {},
    sample: given?.sample ?? 1,
  };
}

/** A collector's base address, as the standard variable takes it, is as good as the whole one. */
function withPath(endpoint: string): string {
  const url = new URL(endpoint);
  if (url.pathname === '/') url.pathname = '/v1/traces';
  return url.href;
}
