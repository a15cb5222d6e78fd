import type { TraceEvent } from './trace.ts';

/** Time is passed in, so that tests turn the clock themselves. */
export interface Clock {
  /** Milliseconds since 1970; may jump when an operator sets the clock. */
  nowMs(): number;
  /** Milliseconds that never go back, for durations. */
  monotonicMs(): number;
  /** Calls once after the delay; the result cancels it. */
  after(delayMs: number, run: () => void): () => void;
}

/** Ids and randomness are passed in, so that tests and replays repeat them. */
export interface Ids {
  /** A job id: 20 digits, UTC time with microseconds, larger than every one before it. */
  jid(): string;
  /** Random text of `bytes` bytes as lower-case hexadecimal. */
  random(bytes: number): string;
  /** A number in [0, 1), for jitter. */
  fraction(): number;
}

/** Where rooms report what happens; never throws, never blocks. */
export interface Telemetry {
  emit(event: TraceEvent): void;
  /** What was counted of it, as Prometheus reads it; not there where nobody counts. */
  readonly metrics?: { text(): Promise<string> };
}

export const silentTelemetry: Telemetry = { emit: () => undefined };
