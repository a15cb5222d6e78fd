import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EventBus } from '../src/bus/index.ts';
import { bareRate } from './support/bare.ts';
import { fdatasyncMs } from './support/disk.ts';
import { inFolder } from './support/folder.ts';
import { checkEvents, eventsPerMessage } from './support/messages.ts';
import { checkRules, latenciesAt, throughput } from './support/reactions.ts';
import { type BenchOptions, goal, median, medianOf, percentile, type Row } from './support/report.ts';
import { peakMemoryMiB, Roles } from './support/roles.ts';

export const about =
  `Three processes, everything durable: one publishes small events (a tag and three fields) over ZeroMQ, ` +
  `${eventsPerMessage} to a message, the master logs, the reactor with one native rule decides and journals, the master ` +
  'records each job under its jid. A reaction counts when the announcement of its job comes back to the publisher. ' +
  'Under load events are published at a steady rate, in messages of what became due within a millisecond.';

/** Parts of the peak rate at which latency is measured. */
const loads = [0.1, 0.5, 0.8] as const;

export function run({ quick }: BenchOptions): Promise<Row[]> {
  return inFolder(async (folder) => {
    writeFileSync(join(folder, 'rules.yaml'), checkRules);
    await using roles = new Roles(folder, join(folder, 'rules.yaml'));
    await roles.start('master');
    const reactor = await roles.start('reactor');
    const bus = await roles.connect();
    const count = quick ? 640 : 50_000;
    // Compilers and pages are warm afterwards, as they are in a reactor that has run for a minute.
    await throughput(bus, count);
    const bare = await bareRate(join(folder, 'bare'), 'checks', quick ? 50 : 5000, 'decoded');
    let peak = Number.NaN;
    const memory = await peakMemoryMiB(reactor, async () => {
      peak = await medianOf(quick ? 1 : 3, () => throughput(bus, count));
    });
    const rows: Row[] = [
      {
        measure: 'durable end-to-end reactions',
        value: peak,
        unit: '/s',
        against: 'bare ZeroMQ push/pull of the same events, decoded',
        ratio: peak / bare,
        note: `bare ${Math.round(bare).toLocaleString('en-US')} /s`,
      },
    ];
    for (const load of loads) rows.push(await underLoad(bus, load, peak, quick));
    rows.push(...(await whenIdle(bus, folder, quick)), memoryRow(memory));
    return rows;
  });
}

async function underLoad(bus: EventBus, load: number, peak: number, quick: boolean): Promise<Row> {
  const rate = peak * load;
  const latencies = await latenciesAt(bus, rate, quick ? 200 : 5000);
  return {
    measure: `latency at ${load * 100} % of that rate, median`,
    value: median(latencies),
    unit: 'ms',
    note: `p99 ${percentile(latencies, 99).toFixed(1)} ms, at ${Math.round(rate).toLocaleString('en-US')} /s`,
  };
}

async function whenIdle(bus: EventBus, folder: string, quick: boolean): Promise<Row[]> {
  const before = fdatasyncMs(folder, quick ? 5 : 200);
  const idle = await idleLatencies(bus, quick ? 5 : 300);
  const sync = median([before, fdatasyncMs(folder, quick ? 5 : 200)]);
  const taken = median(idle.map(({ takenMs }) => takenMs));
  const recorded = idle.map(({ recordedMs }) => recordedMs);
  const seen = median(recorded);
  const beside = { against: 'one fdatasync of a small write', note: `fdatasync ${sync.toFixed(3)} ms` };
  const path = 'published → logged → decided and journalled → job recorded and announced';
  return [
    { measure: 'idle: event published and durable, median', value: taken, unit: 'ms', ...beside },
    {
      measure: 'idle: reaction seen, median',
      value: seen,
      unit: 'ms',
      ...beside,
      ratio: seen / sync,
      note: `${beside.note}; ${path}`,
      goal: goal('idle', seen <= sync + 1, `${seen.toFixed(2)} ms, fdatasync ${sync.toFixed(2)} ms`),
    },
    { measure: 'idle: reaction seen, p99', value: percentile(recorded, 99), unit: 'ms' },
  ];
}

function memoryRow(memory: number): Row {
  const megabytes = memory * 1.048_576;
  return {
    measure: 'memory of the reactor at that load, most',
    value: memory,
    unit: 'MiB',
    note: 'without the mapped pages of its journal',
    goal: goal('memory', megabytes < 200, `${megabytes.toFixed(0)} MB`),
  };
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
