export { traceKinds } from './lines.ts';
export { redact } from './redact.ts';
export { createTelemetry, type RunningTelemetry, type TelemetryOptions } from './telemetry.ts';
