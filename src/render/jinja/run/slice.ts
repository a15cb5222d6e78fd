import { index } from './convert.ts';
import type { Runtime } from './runtime.ts';
import type { PyValue } from './values.ts';

export interface SliceValue {
  readonly start: PyValue;
  readonly stop: PyValue;
  readonly step: PyValue;
}

/** Python's `items[start:stop:step]`; None stands for a missing part. */
export function slice<T>(rt: Runtime, items: readonly T[], parts: SliceValue): T[] {
  const length = items.length;
  const step = parts.step === null ? 1 : index(rt, parts.step, 'slice indices');
  if (step === 0) rt.valueError('slice step cannot be zero');
  const low = step > 0 ? 0 : -1;
  const high = step > 0 ? length : length - 1;
  const bound = (value: PyValue, missing: number): number => {
    if (value === null) return missing;
    const given = index(rt, value, 'slice indices');
    return Math.min(high, Math.max(low, given < 0 ? given + length : given));
  };
  const start = bound(parts.start, step > 0 ? 0 : high);
  const stop = bound(parts.stop, step > 0 ? high : low);
  const picked: T[] = [];
  for (let at = start; step > 0 ? at < stop : at > stop; at += step) picked.push(items[at] as T);
  rt.spend(picked.length);
  return picked;
}
