import { Gauge, type Registry } from 'prom-client';
import type { Queue, TraceEvent } from '../core/index.ts';

type Seen = Extract<TraceEvent, { kind: 'queues.seen' }>;

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
export function queueGauges(registry: Registry): (event: Seen) => void {
  const labelNames = ['role', 'queue', 'of'];
  const gauge = (name: string, help: string, labels: readonly string[] = labelNames): Gauge =>
    new Gauge({ name: `brine_queue_${name}`, help, labelNames: [...labels], registers: [registry] });
  const depth = gauge('depth', 'What waits in a queue.');
  const limit = gauge('limit', 'Where a queue is full.');
  const oldest = gauge('oldest_seconds', 'How long the oldest in a queue has waited.');
  const refused = gauge('refused', 'What was refused at the door of a queue, by reason.', [
    ...labelNames,
    'reason',
  ]);
  const shown = new Map<string, Labels[]>();

  const show = (
    { depth: count, limit: max, oldestS, refused: reasons = {} }: Queue,
    labels: Labels,
  ): void => {
    depth.set(labels, count);
    if (max !== undefined) limit.set(labels, max);
    // Nothing that waits is nothing old.
    oldest.set(labels, oldestS ?? 0);
    for (const [reason, times] of Object.entries(reasons)) refused.set({ ...labels, reason }, times);
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
