import type { Telemetry, TraceEvent } from '../core/index.ts';
import { createLogger, type LoggerOptions } from './logger.ts';
import { createMetrics, type Metrics } from './metrics.ts';

export interface TelemetryOptions extends LoggerOptions {
  /** Sees every trace event too; for what a foreground process shows its operator. */
  readonly also?: (event: TraceEvent) => void;
}

export interface RunningTelemetry extends Telemetry {
  readonly metrics: Metrics;
}

/** Log lines and metrics from trace events. Never throws: a full pipe must not stop an event. */
export function createTelemetry(options: TelemetryOptions): RunningTelemetry {
  const metrics = createMetrics();
  const sinks = [
    metrics.record,
    createLogger(options),
    ...(options.also === undefined ? [] : [options.also]),
  ];
  return {
    metrics,
    emit(event) {
      for (const sink of sinks) {
        try {
          sink(event);
        } catch {
          // There is nowhere left to report to.
        }
      }
    },
  };
}
