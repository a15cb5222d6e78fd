import type { EventServer } from '../bus/index.ts';
import { fingerprint } from '../bus/index.ts';
import { type Clock, type EventLog, mapOf, queueToValue, type Value, type ValueMap } from '../core/index.ts';
import type { Runs } from './functions/runs.ts';
import type { Deliveries } from './jobs/deliveries.ts';
import type { JobCache } from './jobs/job-cache.ts';
import type { Returns } from './jobs/returns.ts';
import type { Keyring } from './keys/keyring.ts';
import type { Ledger } from './ledger.ts';
import type { Sessions } from './minions/sessions.ts';
import type { WorkStatus } from './minions/work-link.ts';
import type { Pulse } from './pulse.ts';
import { fullQueues, masterQueues } from './queues.ts';

export interface StatusSources {
  readonly id: string;
  readonly publicKey: string;
  readonly endpoints: readonly string[];
  readonly uptimeMs: number;
  readonly log: EventLog;
  /** undefined while the master starts. */
  readonly events: EventServer | undefined;
  readonly keys: Keyring;
  readonly sessions: Sessions;
  readonly cache: JobCache;
  readonly deliveries: Deliveries;
  readonly returns: Returns;
  readonly runs: Runs;
  readonly ledger: Ledger;
  readonly work: WorkStatus;
  readonly clock: Clock;
  readonly queueEventsMax: number;
  readonly pulse: Pulse;
}

/** What `brine status` shows of a master. */
export function statusOf(sources: StatusSources): ValueMap {
  const { published = 0, refused = 0, queued = 0, readers = [] } = sources.events?.status() ?? {};
  return mapOf({
    role: 'master',
    id: sources.id,
    fingerprint: fingerprint(sources.publicKey),
    endpoints: [...sources.endpoints],
    uptime_s: Math.floor(sources.uptimeMs / 1000),
    events: mapOf({
      log: sources.log.id,
      oldest_seq: sources.log.oldestSeq(),
      next_seq: sources.log.nextSeq(),
      published,
      refused,
      waiting: queued + sources.ledger.waiting,
      readers: readers.map(({ name, lag }): Value => mapOf({ name, lag })),
    }),
    keys: mapOf({
      accepted: sources.keys.countOf('accepted'),
      pending: sources.keys.countOf('pending'),
      rejected: sources.keys.countOf('rejected'),
    }),
    minions: sources.sessions.ids(),
    jobs: mapOf({
      kept: sources.cache.count,
      undelivered: sources.deliveries.count,
      taken: sources.deliveries.leases.count,
      runners_running: sources.runs.underWay,
    }),
    health: healthOf(sources),
    queues: masterQueues(sources).map(queueToValue),
    refused: mapOf({ minion_tags: sources.work.refusedTags, returns: sources.returns.refused }),
  });
}

/** Whether the master does its work: whoever answers lives; ready is who takes events and jobs. */
export function healthOf(sources: StatusSources): ValueMap {
  const { pulse, events } = sources;
  const problems = [
    ...(events === undefined ? ['the sockets are not open yet'] : []),
    ...(pulse.journalProblem === null ? [] : [`the journal failed: ${pulse.journalProblem}`]),
    ...fullQueues(masterQueues(sources)),
  ];
  return mapOf({ live: true, ready: problems.length === 0, problems });
}
