import type { Clock } from '../core/index.ts';
import type { OtlpOptions } from './otlp.ts';
import { SpanExport } from './span-export.ts';

export interface SpansOptions extends Omit<OtlpOptions, 'resource'> {
  readonly clock: Clock;
  /** `brine-master` and the like, unless the environment names the service. */
  readonly service: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onLost: (count: number, reason: string) => void;
}

/** The packages that send spans are loaded with the first span: most processes never make one. */
export function exportSpans(options: SpansOptions): SpanExport {
  const { clock, endpoint, headers, onLost } = options;
  return new SpanExport({
    clock,
    onLost,
    open: async () => {
      const { openOtlp } = await import('./otlp.ts');
      return openOtlp({ endpoint, headers, resource: resourceOf(options) });
    },
  });
}

/** As the variables of the OpenTelemetry standard say: OTEL_SERVICE_NAME wins over OTEL_RESOURCE_ATTRIBUTES. */
function resourceOf({ service, env }: SpansOptions): Record<string, string> {
  const resource: Record<string, string> = { 'service.name': service };
  for (const pair of (env['OTEL_RESOURCE_ATTRIBUTES'] ?? '').split(',')) {
    const at = pair.indexOf('=');
    if (at > 0) resource[pair.slice(0, at).trim()] = decoded(pair.slice(at + 1).trim());
  }
  const named = env['OTEL_SERVICE_NAME'];
  if (named) resource['service.name'] = named;
  return resource;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
