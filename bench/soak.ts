import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EventBus } from '../src/bus/index.ts';
import { mapOf, type OutgoingEvent } from '../src/core/index.ts';
import { inFolder } from './support/folder.ts';
import { type BenchOptions, goal, type Row } from './support/report.ts';
import { memoryMiB, Roles } from './support/roles.ts';

export const about =
  'Memory of the reactor while every event brings tags, ids and keys that were never seen before, 1,000 a second, ' +
  'half of them reacted to. The slope is a line through the least of each of 20 equal spans, the first quarter left out.';

const rules = `rules:
  churn:
    on: churn/*/wanted
    do:
      - local.test.echo: {tgt: sink, args: ['{{ data.id }}', '{{ data }}']}
`;
const perSecond = 1000;
const tickMs = 50;

/** The slope of the reactor's memory; nothing without minutes, but a few seconds to see that it works. */
export function run({ quick, soakMinutes }: BenchOptions): Promise<Row[]> {
  const minutes = soakMinutes ?? (quick ? 0.05 : 0);
  if (minutes === 0) return Promise.resolve([]);
  return inFolder(async (folder) => {
    writeFileSync(join(folder, 'rules.yaml'), rules);
    await using roles = new Roles(folder, join(folder, 'rules.yaml'));
    await roles.start('master');
    const reactor = await roles.start('reactor');
    const bus = await roles.connect();
    const samples: [hours: number, megabytes: number][] = [];
    const begun = performance.now();
    let published = 0;
    for (let hours = 0; hours < minutes / 60; hours = (performance.now() - begun) / 3_600_000) {
      const due = Math.floor(hours * 3600 * perSecond) - published;
      if (due > 0) published += await publish(bus, published, due);
      samples.push([hours, memoryMiB(reactor) * 1.048_576]);
      await new Promise((resolve) => setTimeout(resolve, tickMs));
    }
    const slope = slopeOf(leastOfSpans(samples.slice(samples.length >> 2)));
    const most = Math.max(...samples.map(([, megabytes]) => megabytes));
    const long = minutes >= 60;
    return [
      {
        measure: `memory of the reactor, ${published.toLocaleString('en-US')} events in ${minutes} minutes`,
        value: slope,
        unit: 'MB/hour',
        note: `most ${most.toFixed(0)} MB`,
        ...(long ? { goal: goal('slope', slope < 1, `${slope.toFixed(2)} MB/hour`) } : {}),
      },
    ];
  });
}

async function publish(bus: EventBus, first: number, due: number): Promise<number> {
  const count = Math.min(due, 500);
  const events = Array.from({ length: count }, (_, i): OutgoingEvent => {
    const n = first + i;
    const tag = `churn/host${n}/${n % 2 === 0 ? 'wanted' : 'other'}`;
    return { tag, data: mapOf({ id: `host${n}.example.com`, [`key${n}`]: n, text: `value ${n}` }) };
  });
  await bus.publish(events);
  return count;
}

/** The least memory of each of 20 equal spans: what stays when garbage was collected. */
function leastOfSpans(samples: readonly (readonly [number, number])[]): [number, number][] {
  const size = Math.max(1, Math.ceil(samples.length / 20));
  const spans = Array.from({ length: Math.ceil(samples.length / size) }, (_, i) =>
    samples.slice(i * size, (i + 1) * size),
  );
  return spans
    .map((span) => span.reduce((least, each) => (each[1] < least[1] ? each : least)))
    .map(([x, y]) => [x, y]);
}

/** The slope of the line that fits best. */
function slopeOf(points: readonly (readonly [number, number])[]): number {
  const mean = (of: 0 | 1): number => points.reduce((sum, point) => sum + point[of], 0) / points.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  const covariance = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return covariance / points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
}
