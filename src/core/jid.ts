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

/**
 * The ids of `next` in one of two lanes, growing from `after` on. Processes that make ids at the same moment
 * take different lanes, so that none of them gives a job the id of another's; and with the last id of before
 * as `after`, a clock that was set back while the process was down gives no id a second time.
 */
export function jidLane(next: () => string, lane: 0 | 1, after: string = ''): () => string {
  let last = after;
  return () => {
    let jid = next();
    if (jid <= last) jid = jidBehind(last);
    if ((jid.charCodeAt(jid.length - 1) & 1) !== lane) jid = jidBehind(jid);
    last = jid;
    return jid;
  };
}

/** The id of one microsecond later. */
function jidBehind(jid: string): string {
  const micros = Number(jid.slice(14)) + 1;
  if (micros < 1_000_000) return jid.slice(0, 14) + String(micros).padStart(6, '0');
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/.exec(jid)?.map(Number) ?? [];
  return jidAt(Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, (second ?? 0) + 1) * 1000);
}

/** The second whose text was made last: many ids are of the same one. */
let lastSecond = { second: Number.NaN, text: '' };

/** The job id of a moment, in microseconds since 1970. */
function jidAt(micros: number): string {
  const second = Math.floor(micros / 1_000_000);
  if (second !== lastSecond.second) lastSecond = { second, text: secondText(second) };
  return lastSecond.text + String(micros - second * 1_000_000).padStart(6, '0');
}

function secondText(second: number): string {
  const date = new Date(second * 1000);
  const pad = (value: number, width = 2): string => String(value).padStart(width, '0');
  return (
    pad(date.getUTCFullYear(), 4) +
    pad(date.getUTCMonth() + 1) +
    pad(date.getUTCDate()) +
    pad(date.getUTCHours()) +
    pad(date.getUTCMinutes()) +
    pad(date.getUTCSeconds())
  );
}

/** When a job id was made, in milliseconds since 1970; undefined for ids that say no time. */
export function jidMs(jid: string): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{6})/.exec(jid)?.slice(1).map(Number);
  if (parts === undefined) return undefined;
  const [year = 0, month = 1, day, hour, minute, second, micros = 0] = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) + micros / 1000;
}

/** Salt's rule: 20 digits, or more with `_` and a process id behind them. */
export function isJid(text: string): boolean {
  return /^\d{20}(_.+)?$/s.test(text);
}

/** Salt's `_stamp`: UTC with microseconds and the offset, the form of the 3008 line. */
export function stampAt(nowMs: number): string {
  return `${new Date(nowMs).toISOString().slice(0, -1)}000+00:00`;
}
