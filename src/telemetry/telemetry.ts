import type { Clock, Telemetry, TraceEvent } from '../core/index.ts';
import type { MetricRole } from './instruments.ts';
import { createLogger, type LoggerOptions } from './logger.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { exportSpans, type SpansOptions } from './spans.ts';

export interface TelemetryOptions extends LoggerOptions {
  /** Sees every trace event too; for what a foreground process shows its operator. */
  readonly also?: (event: TraceEvent) => void;
  /** Where the spans of traces go; nowhere unless given. */
  readonly spans?: Omit<SpansOptions, 'clock' | 'onLost'>;
}

export interface RunningTelemetry extends Telemetry {
  readonly metrics: Metrics;
  /** The same log, with metrics of its own for one of the roles that this process plays. */
  forRole(role: MetricRole): RunningTelemetry;
  /** Sends the spans that wait; false when a collector did not take them within a few seconds. */
  close(): Promise<boolean>;
}

const closeMs = 3000;

/** Log lines and metrics from trace events. Never throws: a full pipe must not stop an event. */
export function createTelemetry(options: TelemetryOptions): RunningTelemetry {
  const sinks = [createLogger(options), ...(options.also === undefined ? [] : [options.also])];
  let first: RunningTelemetry | undefined;
  // Of whatever role: it is of the process, and must be counted once.
  const tell = (event: TraceEvent): void => (first ?? whole).emit(event);
  const close = addSpans(sinks, options, tell);
  const withMetrics = (role?: MetricRole): RunningTelemetry => {
    const metrics = createMetrics(role);
    return { metrics, forRole, emit: emitter([metrics.record, ...sinks]), close };
  };
  const forRole = (role: MetricRole): RunningTelemetry => {
    const made = withMetrics(role);
    first ??= made;
    return made;
  };
  const whole = withMetrics();
  return whole;
}

function addSpans(
  sinks: ((event: TraceEvent) => void)[],
  { spans: given, clock }: TelemetryOptions,
  tell: (event: TraceEvent) => void,
): () => Promise<boolean> {
  if (given === undefined) return async () => true;
  const onLost = (count: number, reason: string): void => tell({ kind: 'spans.lost', count, reason });
  const spans = exportSpans({ ...given, clock, onLost });
  sinks.push((event) => {
    if (event.kind === 'span') spans.add(event);
  });
  return () => inTime(spans.close(), clock);
}

/** A collector that does not answer must not keep a process from ending. */
async function inTime(closing: Promise<void>, clock: Clock): Promise<boolean> {
  let cancel: () => void = () => undefined;
  const late = new Promise<boolean>((resolve) => {
    cancel = clock.after(closeMs, () => resolve(false));
  });
  const done = await Promise.race([closing.then(() => true), late]);
  cancel();
  return done;
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
