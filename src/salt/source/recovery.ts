import type { Clock, EventLog } from '../../core/index.ts';
import type { CachedReturn, JobCache } from './job-cache.ts';
import { returnsIn } from './log-search.ts';
import type { StampForm } from './stamps.ts';

export interface RecoveryOptions {
  readonly cache: JobCache;
  readonly log: EventLog;
  readonly clock: Clock;
  /** Returns that one gap may bring back. */
  readonly returnsMax: number;
}

export interface Recovered {
  readonly returns: readonly Pick<CachedReturn, 'key' | 'tag' | 'data'>[];
  /** There were more than one gap may bring back. */
  readonly more: boolean;
}

/** Clocks of files and of this process may differ a little, and what was read last may not have been the last. */
const slackMs = 10_000;
/** A return that came just now may still be on its way to us over the bus: it is not missing yet. */
const freshMs = 1000;

/**
 * What the master's job cache holds of a gap and the log does not. The master fires a return before it stores
 * it, so whatever is in the cache since before the connection was made can only be known already or missed.
 */
export async function missedReturns(
  sinceMs: number,
  form: StampForm,
  { cache, log, clock, returnsMax }: RecoveryOptions,
): Promise<Recovered> {
  const fromMs = sinceMs - slackMs;
  const cached = await cache.returnsSince(fromMs, returnsMax + 1, form);
  // Read after the cache, so that what arrived in between is not taken for missed.
  const known = returnsIn(log, fromMs - slackMs);
  const latestMs = clock.nowMs() - freshMs;
  const missed = cached.filter(({ key, atMs }) => atMs <= latestMs && !known.has(key));
  return { returns: missed.slice(0, returnsMax), more: cached.length > returnsMax };
}
