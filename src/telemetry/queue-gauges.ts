import type { Queue, TraceEvent } from '../core/index.ts';
import type { Instruments, MetricRole } from './instruments.ts';

type Seen = Extract<TraceEvent, { kind: 'queues.seen' }>;

const roles: readonly MetricRole[] = ['master', 'minion', 'reactor', 'api'];

/** How a queue is called in labels; the name of a rule, a minion or a reader only for the few that are shown. */
interface Labels extends Record<string, string> {
  readonly role: string;
  readonly queue: string;
  readonly of: string;
}

/**
 * Gauges of everything in which something may wait. Of rules, minions and readers only those with most on their
 * hands are reported, and the last report replaces the one before, so the number of labels is bounded.
 */
export function queueGauges(instruments: Instruments): (event: Seen) => void {
  const labels = ['role', 'queue', 'of'];
  const depth = instruments.gauge({ name: 'queue_depth', help: 'What waits in a queue.', labels, roles });
  const limit = instruments.gauge({ name: 'queue_limit', help: 'Where a queue is full.', labels, roles });
  const oldest = instruments.gauge({
    name: 'queue_oldest_seconds',
    help: 'How long the oldest in a queue has waited.',
    labels,
    roles,
  });
  const refused = instruments.counter({
    name: 'queue_refused',
    help: 'What was refused at the door of a queue, by reason.',
    labels: ['role', 'queue', 'reason'],
    roles,
  });
  /** Queues tell how much they refused since they began; a counter takes what came since it was told last. */
  const told = new Map<string, number>();
  const shown = new Map<string, Labels[]>();

  const show = (
    { depth: count, limit: max, oldestS, refused: reasons = {} }: Queue,
    labels: Labels,
  ): void => {
    depth.set(labels, count);
    if (max !== undefined) limit.set(labels, max);
    // Nothing that waits is nothing old.
    oldest.set(labels, oldestS ?? 0);
    const { role, queue } = labels;
    for (const [reason, times] of Object.entries(reasons)) {
      const key = JSON.stringify([role, queue, reason]);
      refused.inc({ role, queue, reason }, Math.max(0, times - (told.get(key) ?? 0)));
      told.set(key, times);
    }
  };

  return ({ role, queues }) => {
    for (const labels of shown.get(role) ?? [])
      for (const each of [depth, limit, oldest]) each.remove(labels);
    const now = queues.map((queue) => ({ queue, labels: { role, queue: queue.name, of: queue.of ?? '' } }));
    for (const { queue, labels } of now) show(queue, labels);
    shown.set(
      role,
      now.map(({ labels }) => labels),
    );
  };
}
