import { mapOf, type Queue, queueToValue, type ValueMap } from '../core/index.ts';
import type { JobRunner } from './jobs.ts';
import type { Session } from './link/session.ts';
import type { Spool } from './spool.ts';

interface Shown {
  readonly session: Session;
  readonly jobs: JobRunner;
  readonly spool: Spool;
}

/** What `brine status` shows of a minion; undefined parts while it starts. */
export function minionStatus(id: string, parts: Shown | undefined): ValueMap {
  return mapOf({
    id,
    attached: parts?.session.attached === true,
    running: parts?.jobs.runningCount ?? 0,
    returns_waiting: parts?.spool.size('returns') ?? 0,
    events_waiting: parts?.spool.size('events') ?? 0,
    health: minionHealth(parts),
    queues: parts === undefined ? [] : minionQueues(parts).map(queueToValue),
  });
}

/** Whoever answers lives; ready is who has a master that gives it jobs. */
export function minionHealth(parts: Pick<Shown, 'session'> | undefined): ValueMap {
  const ready = parts?.session.attached === true;
  return mapOf({ live: true, ready, problems: ready ? [] : ['it is not attached to its master'] });
}

/** Everything in the minion in which something may wait. */
export function minionQueues({ jobs, spool }: Pick<Shown, 'jobs' | 'spool'>): Queue[] {
  const { waiting, waitingMax, parked, jobsMax } = jobs.room;
  return [
    { name: 'jobs that run', depth: jobs.runningCount, limit: jobsMax },
    { name: 'jobs that wait for a place', depth: waiting, limit: waitingMax },
    { name: 'jobs that are not taken', depth: parked },
    { name: 'returns for the master', depth: spool.size('returns') },
    { name: 'events for the master', depth: spool.size('events') },
  ];
}
