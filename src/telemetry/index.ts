export { describeEvent, type Level, type Line, traceKinds } from './lines.ts';
export type { LogFormat } from './logger.ts';
export type { Metrics } from './metrics.ts';
export { redact } from './redact.ts';
export { createTelemetry, type RunningTelemetry, type TelemetryOptions } from './telemetry.ts';
