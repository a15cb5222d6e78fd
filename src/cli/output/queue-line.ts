import { textAt, type Value, type ValueMap } from '../../core/index.ts';

/** A status with each of its queues in one line, for people. */
export function withQueueLines(status: Value): Value {
  if (!(status instanceof Map)) return status;
  const queues = status.get('queues');
  if (!Array.isArray(queues)) return status;
  return new Map(status).set(
    'queues',
    queues.map((queue) => (queue instanceof Map ? queueLine(queue) : queue)),
  );
}

/** `events to be stored: 3 of 50000, the oldest 1.5 s, refused 7 (OVERLOADED)`. */
function queueLine(queue: ValueMap): string {
  const of = textAt(queue, 'of');
  const limit = queue.get('limit');
  const oldest = queue.get('oldest_s');
  const refused = queue.get('refused');
  const refusals = refused instanceof Map ? [...refused].filter(([, count]) => Number(count) > 0) : [];
  return [
    `${textAt(queue, 'name')}${of === '' ? '' : ` ${of}`}: ${Number(queue.get('depth'))}`,
    limit === undefined ? '' : ` of ${Number(limit)}`,
    oldest === undefined ? '' : `, the oldest ${Number(oldest)} s`,
    ...refusals.map(([reason, count]) => `, refused ${Number(count)} (${String(reason as string)})`),
  ].join('');
}
