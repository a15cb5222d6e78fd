import type { Telemetry, TraceEvent } from '../core/index.ts';
import type { MetricRole } from './instruments.ts';
import { createLogger, type LoggerOptions } from './logger.ts';
import { createMetrics, type Metrics } from './metrics.ts';

export interface TelemetryOptions extends LoggerOptions {
  /** Sees every trace event too; for what a foreground process shows its operator. */
  readonly also?: (event: TraceEvent) => void;
}

export interface RunningTelemetry extends Telemetry {
  readonly metrics: Metrics;
  /** The same log, with metrics of its own for one of the roles that this process plays. */
  forRole(role: MetricRole): RunningTelemetry;
}

/** Log lines and metrics from trace events. Never throws: a full pipe must not stop an event. */
export function createTelemetry(options: TelemetryOptions): RunningTelemetry {
  const sinks = [createLogger(options), ...(options.also === undefined ? [] : [options.also])];
  const withMetrics = (role?: MetricRole): RunningTelemetry => {
    const metrics = createMetrics(role);
    return { metrics, forRole: withMetrics, emit: emitter([metrics.record, ...sinks]) };
  };
  return withMetrics();
}

function emitter(sinks: readonly ((event: TraceEvent) => void)[]): (event: TraceEvent) => void {
  return (event) => {
    for (const sink of sinks) {
      try {
        sink(event);
      } catch {
        // There is nowhere left to report to.
      }
    }
  };
}
