import { packData } from '../../bus/index.ts';
import { mapOf, type Value, type ValueMap } from '../../core/index.ts';
import type { Incoming } from './intake.ts';
import { stampOf } from './stamps.ts';

/** Stands in the log where events of the Salt master are missing, or may be. */
export const gapTag = 'brine/gap';
/** Says what was brought back of a gap. */
export const recoveredTag = 'brine/gap/recovered';

/** How the bus was read. */
export type GapSource = 'salt-ipc' | 'salt-api';

export function gapEvent(
  source: GapSource,
  reason: string,
  fromMs: number,
  toMs: number,
  lost?: number,
): ValueMap {
  const more: Record<string, Value> = lost === undefined ? {} : { lost };
  return mapOf({
    source,
    reason,
    ...spanOf(fromMs, toMs),
    ...more,
    _stamp: stampOf(toMs, 'naive'),
  });
}

export function recoveredEvent(
  source: GapSource,
  fromMs: number,
  nowMs: number,
  returns: number,
  more: boolean,
): Incoming {
  const data = mapOf({
    source,
    ...spanOf(fromMs, nowMs),
    returns,
    complete: !more,
    _stamp: stampOf(nowMs, 'naive'),
  });
  return { tag: recoveredTag, data: packData(data), head: null };
}

function spanOf(fromMs: number, toMs: number): Record<string, Value> {
  return { since: new Date(fromMs).toISOString(), until: new Date(toMs).toISOString() };
}
