import type { EventBus } from '../../bus/index.ts';
import { seekTime } from '../../client/index.ts';
import { BrineError, type Clock } from '../../core/index.ts';

const unitsMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** What `from` and `to` may be. */
export const timeAbout =
  'the number of an event, so long ago (`90s`, `15m`, `2h`, `7d`), or a time such as `2026-11-22T16:00:00Z`';

/** The number of the first event from a place on. Throws BAD_ARGUMENT. */
export async function seqOf(text: string, name: string, bus: EventBus, clock: Clock): Promise<number> {
  if (/^\d{1,15}$/.test(text)) return Math.max(1, Number(text));
  return seekTime(bus, atMs(text, name, clock.nowMs()));
}

function atMs(text: string, name: string, nowMs: number): number {
  const [, amount, unit] = /^(\d{1,9}(?:\.\d{1,3})?)([smhd])$/.exec(text) ?? [];
  if (unit !== undefined) return nowMs - Number(amount) * unitsMs[unit as keyof typeof unitsMs];
  // Without a zone it would mean another moment on each host.
  const isTime = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/.test(text);
  const found = isTime ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(found)) return found;
  throw new BrineError('BAD_ARGUMENT', `\`${name}\` is ${timeAbout}.`);
}
