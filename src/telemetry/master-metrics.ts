import { durationBuckets, type Instruments } from './instruments.ts';
import type { Recorders } from './recorders.ts';

/** Minions, their keys and their jobs, as the master and the minion see them. */
export function masterMetrics(
  instruments: Instruments,
): Pick<
  Recorders,
  | 'minion.connected'
  | 'minion.lost'
  | 'key.changed'
  | 'job.published'
  | 'jobs.lost'
  | 'job.returned'
  | 'module.problem'
  | 'master.connected'
  | 'master.lost'
> {
  const minions = instruments.gauge({
    name: 'minions_connected',
    help: 'Minions that are connected.',
    roles: ['master'],
  });
  const connected = instruments.gauge({
    name: 'master_connected',
    help: 'Whether the role has its master.',
    roles: ['minion', 'reactor'],
  });
  const keys = instruments.count({
    name: 'key_changes',
    help: 'Changes of minion keys.',
    roles: ['master'],
  });
  const jobs = instruments.count({ name: 'jobs', help: 'Jobs published.', roles: ['master'] });
  const lost = instruments.count({
    name: 'jobs_lost',
    help: 'Jobs that minions took and gave no sign of any more.',
    roles: ['master'],
  });
  const returns = instruments.count({
    name: 'returns',
    help: 'Returns of jobs, by success.',
    labels: ['success'],
    roles: ['master'],
  });
  const returned = instruments.histogram({
    name: 'return_seconds',
    help: 'Duration from the publishing of a job to each of its returns.',
    roles: ['master'],
    buckets: durationBuckets,
  });
  const modules = instruments.count({
    name: 'module_problems',
    help: 'Modules that could not be used.',
    roles: ['minion'],
  });
  return {
    'minion.connected': () => minions.inc(),
    'minion.lost': () => minions.dec(),
    'key.changed': () => keys(),
    'job.published': () => jobs(),
    'jobs.lost': (event) => lost(event.count),
    'job.returned': ({ success, afterMs }) => {
      returns(1, String(success));
      if (afterMs !== undefined) returned.observe(afterMs / 1000);
    },
    'module.problem': () => modules(),
    'master.connected': () => connected.set(1),
    'master.lost': () => connected.set(0),
  };
}
