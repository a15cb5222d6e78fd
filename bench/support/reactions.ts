import { type EventBus, unpackData } from '../../src/bus/index.ts';
import { checkEvents, eventsPerMessage } from './messages.ts';

/** A rule that reacts to each event of `checkEvents` with one job. */
export const checkRules = `rules:
  bench:
    on: bench/*
    if: data.n >= 0
    do:
      - local.test.echo: {tgt: sink, args: ['{{ data.n }}']}
`;

/** Where reactions are seen: events whose tags begin so, which tell the number of the event that led to them. */
export interface Path {
  readonly prefix: string;
  numberOf(body: Uint8Array): number;
}

/** The announcement of a job that has the number as its argument. */
const jobs: Path = {
  prefix: 'salt/job/',
  numberOf: (body) => {
    const [n] = (unpackData(body).get('arg') ?? []) as number[];
    return Number(n);
  },
};

/** Messages that the publisher keeps on their way, so that the wire is never idle and never flooded. */
const outstanding = 16;

/** Reactions a second: events published as fast as they are acknowledged, until each one's job is announced. */
export async function throughput(bus: EventBus, count: number, path: Path = jobs): Promise<number> {
  const reactions = bus.subscribe({ from: 'now', prefixes: [path.prefix], name: 'bench' });
  await reactions.ready;
  const begun = performance.now();
  const published = publishAll(bus, count);
  let seen = 0;
  for await (const message of reactions) {
    if (message.kind === 'events') seen += message.batch.tags.length;
    if (seen >= count) break;
  }
  const tookMs = performance.now() - begun;
  reactions.close();
  await published;
  return (count / tookMs) * 1000;
}

async function publishAll(bus: EventBus, count: number): Promise<void> {
  let next = 0;
  const publisher = async (): Promise<void> => {
    while (next < count) {
      const first = next;
      next += eventsPerMessage;
      await bus.publish(checkEvents(first, Math.min(eventsPerMessage, count - first)));
    }
  };
  await Promise.all(Array.from({ length: outstanding }, publisher));
}

/**
 * Milliseconds from the publishing of each event to the announcement of its job, with events published at a
 * steady rate whatever becomes of those before.
 */
export async function latenciesAt(
  bus: EventBus,
  perSecond: number,
  durationMs: number,
  path: Path = jobs,
): Promise<number[]> {
  const reactions = bus.subscribe({ from: 'now', prefixes: [path.prefix], name: 'bench latency' });
  await reactions.ready;
  const count = Math.max(1, Math.floor((perSecond * durationMs) / 1000));
  const sentMs = new Float64Array(count);
  const published = publishSteadily(bus, sentMs, perSecond);
  const latencies: number[] = [];
  for await (const message of reactions) {
    if (message.kind !== 'events') continue;
    const nowMs = performance.now();
    for (const body of message.batch.bodies)
      latencies.push(nowMs - (sentMs[path.numberOf(body)] ?? Number.NaN));
    if (latencies.length >= count) break;
  }
  reactions.close();
  await published;
  if (latencies.some(Number.isNaN)) throw new Error('a job of an event that was not sent');
  return latencies;
}

async function publishSteadily(bus: EventBus, sentMs: Float64Array, perSecond: number): Promise<void> {
  const count = sentMs.length;
  const acknowledged: Promise<unknown>[] = [];
  const begunMs = performance.now();
  let next = 0;
  while (next < count) {
    const nowMs = performance.now();
    const due = Math.min(count, Math.ceil(((nowMs - begunMs) * perSecond) / 1000));
    for (; next < due; ) {
      const size = Math.min(eventsPerMessage, due - next);
      sentMs.fill(nowMs, next, next + size);
      acknowledged.push(bus.publish(checkEvents(next, size)));
      next += size;
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(acknowledged);
}
