import type { Instruments, MetricRole } from './instruments.ts';
import type { Recorders } from './recorders.ts';

const buses: readonly MetricRole[] = ['master', 'minion'];
const journals: readonly MetricRole[] = ['master', 'minion', 'reactor'];

/** What goes through the buses and into the journals. */
export function busMetrics(
  instruments: Instruments,
): Pick<
  Recorders,
  | 'bus.published'
  | 'bus.refused'
  | 'bus.reader.cut'
  | 'bus.gap'
  | 'journal.commit'
  | 'journal.trimmed'
  | 'journal.error'
> {
  const published = instruments.count({
    name: 'events_published',
    help: 'Events that a bus took.',
    roles: buses,
  });
  const refused = instruments.count({
    name: 'events_refused',
    help: 'Events that a bus refused, by error code.',
    labels: ['code'],
    roles: buses,
  });
  const cut = instruments.count({
    name: 'readers_cut',
    help: 'Readers cut off because they did not read.',
    roles: buses,
  });
  const gaps = instruments.count({
    name: 'gaps',
    help: 'Times that a reader missed events.',
    roles: ['reactor'],
  });
  const trimmed = instruments.count({
    name: 'events_trimmed',
    help: 'Old events removed from the log.',
    roles: ['master'],
  });
  const errors = instruments.count({
    name: 'journal_errors',
    help: 'Failures of the journal.',
    roles: journals,
  });
  const operations = instruments.count({
    name: 'journal_operations',
    help: 'Operations committed to the journal.',
    roles: journals,
  });
  const seconds = instruments.histogram({
    name: 'journal_commit_seconds',
    help: 'Duration of durable commits.',
    roles: journals,
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5],
  });
  return {
    'bus.published': (event) => published(event.count),
    'bus.refused': (event) => refused(event.count, event.code),
    'bus.reader.cut': () => cut(),
    'bus.gap': () => gaps(),
    'journal.commit': (event) => {
      operations(event.operations);
      seconds.observe(event.tookMs / 1000);
    },
    'journal.trimmed': (event) => trimmed(event.events),
    'journal.error': () => errors(),
  };
}
