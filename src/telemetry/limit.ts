import type { Clock } from '../core/index.ts';

const windowMs = 10_000;
const causesMax = 1000;

/**
 * Lets a repeated line through once in ten seconds for each cause, and tells how many it held back since.
 * Causes are forgotten oldest first, so that a flood of different ones costs bounded memory.
 */
export function rateLimit(clock: Clock): (cause: string) => { held: number } | null {
  const seen = new Map<string, { sinceMs: number; held: number }>();
  return (cause) => {
    const nowMs = clock.monotonicMs();
    const known = seen.get(cause);
    if (known !== undefined && nowMs - known.sinceMs < windowMs) {
      known.held += 1;
      return null;
    }
    seen.delete(cause);
    seen.set(cause, { sinceMs: nowMs, held: 0 });
    if (seen.size > causesMax) for (const oldest of [...seen.keys()].slice(0, 1)) seen.delete(oldest);
    return { held: known?.held ?? 0 };
  };
}
