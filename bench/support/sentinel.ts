import type { EventBus } from '../../src/bus/index.ts';
import { mapOf, type OutgoingEvent } from '../../src/core/index.ts';

/** The event that comes after all others. */
export const endEvent: OutgoingEvent = { tag: 'bench/end', data: mapOf({ n: 0 }) };

/** Longer than any reactor needs to get there. */
const reactionMsMax = 300_000;

/** Publishes an event; resolves when the master has announced a job. */
export async function reactionTo(bus: EventBus, event: OutgoingEvent): Promise<void> {
  const jobs = bus.subscribe({ from: 'now', prefixes: ['salt/job/'], name: 'bench end' });
  await jobs.ready;
  await bus.publish([event]);
  const timer = setTimeout(() => jobs.close(), reactionMsMax);
  let seen = false;
  for await (const message of jobs)
    if (message.kind === 'events' && message.batch.tags.some((tag) => tag.endsWith('/new'))) {
      seen = true;
      break;
    }
  clearTimeout(timer);
  jobs.close();
  if (!seen) throw new Error('the reactor did not react in time');
}
