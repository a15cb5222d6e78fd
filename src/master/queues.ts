import type { EventServer } from '../bus/index.ts';
import type { Clock, Queue } from '../core/index.ts';
import type { Runs } from './functions/runs.ts';
import type { Deliveries } from './jobs/deliveries.ts';
import type { Ledger } from './ledger.ts';

export interface QueueParts {
  /** undefined while the master starts. */
  readonly events: EventServer | undefined;
  readonly ledger: Ledger;
  readonly deliveries: Deliveries;
  readonly runs: Runs;
  readonly clock: Clock;
  readonly queueEventsMax: number;
}

/** Minions, and readers, that are shown with what waits for them. */
const shownMax = 10;

/** Everything in the master in which something may wait. */
export function masterQueues({
  events,
  ledger,
  deliveries,
  runs,
  clock,
  queueEventsMax,
}: QueueParts): Queue[] {
  const { queued = 0, refusedBy = {}, readers = [] } = events?.status() ?? {};
  const nowMs = clock.monotonicMs();
  const age = (sinceMs: number | undefined): number | undefined =>
    sinceMs === undefined ? undefined : (nowMs - sinceMs) / 1000;
  const longest = deliveries.longest(shownMax).map(
    ({ id, count, sinceMs }): Queue => ({
      name: 'jobs for a minion',
      of: id,
      depth: count,
      oldestS: age(sinceMs),
    }),
  );
  const slowest = [...readers]
    .sort((a, b) => b.lag - a.lag)
    .slice(0, shownMax)
    .map(({ name, lag, stalledMs }): Queue => {
      const oldestS = stalledMs === 0 ? undefined : stalledMs / 1000;
      return { name: 'events for a reader', of: name, depth: lag, oldestS };
    });
  return [
    { name: 'events to be stored', depth: queued, limit: queueEventsMax, refused: refusedBy },
    { name: 'records to be stored', depth: ledger.waiting, limit: queueEventsMax },
    { name: 'jobs to be delivered', depth: deliveries.count, oldestS: age(deliveries.oldestMs) },
    { name: 'jobs with minions', depth: deliveries.leases.count, oldestS: age(deliveries.leases.oldestMs) },
    { name: 'runners under way', depth: runs.underWay },
    ...longest,
    ...slowest,
  ];
}

/** Why publishers and reactors would be turned away now; empty when they would not. */
export function fullQueues(queues: readonly Queue[]): string[] {
  return queues
    .filter(({ depth, limit }) => limit !== undefined && depth >= limit)
    .map(({ name, depth }) => `${name}: ${depth}, which is as many as may wait`);
}
