import { stampAt } from '../../core/index.ts';

/** Salt's time stamp until 3007: UTC without an offset. 3008 writes the offset. */
export type StampForm = 'naive' | 'offset';

/** When a stamp of either form says that something happened, in milliseconds since 1970. */
export function stampMs(stamp: string): number | undefined {
  const found = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)?$/.exec(stamp);
  if (found === null) return undefined;
  const [, seconds = '', fraction = '', offset = 'Z'] = found;
  const atMs = Date.parse(`${seconds}.${fraction.slice(0, 3).padEnd(3, '0')}${offset}`);
  return Number.isNaN(atMs) ? undefined : atMs;
}

/** The stamp of a moment. */
export function stampOf(nowMs: number, form: StampForm): string {
  const stamp = stampAt(nowMs);
  return form === 'offset' ? stamp : stamp.slice(0, -6);
}

/**
 * The stamp of an event that a reaction fires: the moment of its job id, which no other reaction has. So every
 * attempt writes the same bytes, by which the event is known again on the bus.
 */
export function stampOfJid(jid: string, form: StampForm): string {
  const found = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{6})/.exec(jid);
  if (found === null) return stampOf(0, form);
  const [, year, month, day, hour, minute, second, micros] = found;
  const stamp = `${year}-${month}-${day}T${hour}:${minute}:${second}.${micros}`;
  return form === 'offset' ? `${stamp}+00:00` : stamp;
}

/** Milliseconds since 1970 at which a job id was made. */
export function jidMs(jid: string): number {
  return stampMs(stampOfJid(jid, 'naive')) ?? 0;
}
