import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EventBus } from '../src/bus/index.ts';
import { bareRate } from './support/bare.ts';
import { fdatasyncMs } from './support/disk.ts';
import { inFolder } from './support/folder.ts';
import { checkEvents, eventsPerMessage } from './support/messages.ts';
import { type BenchOptions, median, medianOf, percentile, type Row } from './support/report.ts';
import { peakMemoryMiB, Roles } from './support/roles.ts';

const rules = `rules:
  bench:
    on: bench/*
    if: data.n >= 0
    do:
      - local.test.echo: {tgt: sink, args: ['{{ data.n }}']}
`;

/** Messages that the publisher keeps on their way, so that the wire is never idle and never flooded. */
const outstanding = 16;

/**
 * The whole path with three processes, everything durable: this one publishes over ZeroMQ, the master logs,
 * the reactor decides and journals, the master records each job under its jid. A reaction counts when
 * its `salt/job/<jid>/new` event comes back here.
 */
export function run({ quick }: BenchOptions): Promise<Row[]> {
  return inFolder(async (folder) => {
    writeFileSync(join(folder, 'rules.yaml'), rules);
    await using roles = new Roles(folder, join(folder, 'rules.yaml'));
    await roles.start('master');
    const reactor = await roles.start('reactor');
    const bus = await roles.connect();
    const count = quick ? 640 : 50_000;
    // Compilers and pages are warm afterwards, as they are in a reactor that has run for a minute.
    await throughput(bus, count);
    const bare = await bareRate(join(folder, 'bare'), 'checks', quick ? 50 : 5000);
    let peak = Number.NaN;
    const memory = await peakMemoryMiB(reactor, async () => {
      peak = await medianOf(quick ? 1 : 3, () => throughput(bus, count));
    });
    const sync = fdatasyncMs(folder, quick ? 5 : 200);
    const idle = await idleLatencies(bus, quick ? 5 : 300);
    const taken = idle.map(({ takenMs }) => takenMs);
    const recorded = idle.map(({ recordedMs }) => recordedMs);
    const beside = { against: 'one fdatasync of a small write', note: `fdatasync ${sync.toFixed(3)} ms` };
    const path = 'published → logged → decided and journalled → job recorded and announced';
    return [
      {
        measure: 'durable end-to-end reactions',
        value: peak,
        unit: '/s',
        against: 'bare ZeroMQ push/pull of the same messages',
        ratio: peak / bare,
        note: `${eventsPerMessage} events a message, one native rule; bare ${Math.round(bare)} /s`,
      },
      { measure: 'idle: event published and durable, median', value: median(taken), unit: 'ms', ...beside },
      {
        measure: 'idle: reaction seen, median',
        value: median(recorded),
        unit: 'ms',
        ...beside,
        ratio: median(recorded) / sync,
        note: `${beside.note}; ${path}`,
      },
      { measure: 'idle: reaction seen, p99', value: percentile(recorded, 99), unit: 'ms' },
      {
        measure: 'memory of the reactor at that load, most',
        value: memory,
        unit: 'MiB',
        note: 'without the mapped pages of its journal',
      },
    ];
  });
}

interface Latency {
  readonly takenMs: number;
  readonly recordedMs: number;
}

async function idleLatencies(bus: EventBus, count: number): Promise<Latency[]> {
  const jobs = bus.subscribe({ from: 'now', prefixes: ['salt/job/'], name: 'bench idle' });
  await jobs.ready;
  const seen = jobs[Symbol.asyncIterator]();
  const latencies: Latency[] = [];
  for (let n = 0; n < count; n += 1) {
    const begun = performance.now();
    await bus.publish(checkEvents(n, 1));
    const takenMs = performance.now() - begun;
    await seen.next();
    latencies.push({ takenMs, recordedMs: performance.now() - begun });
  }
  jobs.close();
  return latencies;
}

async function throughput(bus: EventBus, count: number): Promise<number> {
  const jobs = bus.subscribe({ from: 'now', prefixes: ['salt/job/'], name: 'bench' });
  await jobs.ready;
  const begun = performance.now();
  const published = publishAll(bus, count);
  let seen = 0;
  for await (const message of jobs) {
    if (message.kind === 'events') seen += message.batch.tags.length;
    if (seen >= count) break;
  }
  const tookMs = performance.now() - begun;
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
