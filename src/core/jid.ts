import type { Clock } from './ports.ts';

/**
 * A source of job ids: `YYYYMMDDHHMMSSffffff` in UTC. Two calls in one microsecond, or a clock that goes
 * back, still give growing ids, because the last one is remembered and counted up.
 */
export function jidSource(clock: Clock): () => string {
  let lastMicros = 0;
  return () => {
    lastMicros = Math.max(Math.floor(clock.nowMs() * 1000), lastMicros + 1);
    return jidAt(lastMicros);
  };
}

/** The job id of a moment, in microseconds since 1970. */
function jidAt(micros: number): string {
  const date = new Date(Math.floor(micros / 1000));
  const pad = (value: number, width = 2): string => String(value).padStart(width, '0');
  return (
    pad(date.getUTCFullYear(), 4) +
    pad(date.getUTCMonth() + 1) +
    pad(date.getUTCDate()) +
    pad(date.getUTCHours()) +
    pad(date.getUTCMinutes()) +
    pad(date.getUTCSeconds()) +
    pad(micros % 1_000_000, 6)
  );
}

/** Salt's rule: 20 digits, or more with `_` and a process id behind them. */
export function isJid(text: string): boolean {
  return /^\d{20}(_.+)?$/s.test(text);
}

/** Salt's `_stamp`: UTC with microseconds and the offset, the form of the 3008 line. */
export function stampAt(nowMs: number): string {
  return `${new Date(nowMs).toISOString().slice(0, -1)}000+00:00`;
}
