import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import type { EventBus } from '../src/bus/index.ts';
import { mapOf } from '../src/core/index.ts';
import { addToken, openTokenFile } from '../src/http/index.ts';
import type { Report } from './support/event-readers.ts';
import { inFolder } from './support/folder.ts';
import { type BenchOptions, percentile, type Row } from './support/report.ts';
import { memoryMiB, Roles } from './support/roles.ts';

export const about =
  'Readers of `/events` over HTTP, each of which gets every event: 1,000 events of about 200 bytes a second, published on the bus ' +
  'in steps of 20 ms, durable. The delay is from before publishing until a reader in another process has the line. Master, ' +
  'API, publisher and readers share the machine.';

const perSecond = 1000;
const tickMs = 20;

/** Memory and delay with many readers of the event stream, and with one among them that reads nothing. */
export function run({ quick }: BenchOptions): Promise<Row[]> {
  const counts = quick ? [20] : [200, 2000];
  const seconds = quick ? 1 : 15;
  return inFolder(async (folder) => {
    const rows: Row[] = [];
    for (const count of counts) {
      const own = join(folder, String(count));
      mkdirSync(own);
      rows.push(...(await measure(own, count, seconds)));
    }
    return rows;
  });
}

async function measure(folder: string, count: number, seconds: number): Promise<Row[]> {
  const port = await freePort();
  writeFileSync(join(folder, 'rules.yaml'), 'rules: {}\n');
  const more = `api: {port: ${port}}\n`;
  await using roles = new Roles(folder, join(folder, 'rules.yaml'), more);
  await roles.start('master');
  const data = join(folder, 'd');
  mkdirSync(join(data, 'api'), { recursive: true, mode: 0o700 });
  const rights = { perms: [], read: ['*'], emit: [] };
  const token = await addToken(openTokenFile(data), 'bench', rights, { nowMs: Date.now(), expiresMs: null });
  const api = await roles.start('api');
  const bus = await roles.connect();
  const before = memoryMiB(api);
  const script = new URL('support/event-readers.ts', import.meta.url);
  const args = [String(port), token, String(count)];
  const readers = fork(script, args, { execArgv: ['--import', 'tsx'] });
  try {
    await once(readers, 'message');
    const idle = memoryMiB(api);
    const calm = await phase(bus, readers, api, seconds);
    readers.send('stall');
    await once(readers, 'message');
    const stalled = await phase(bus, readers, api, seconds);
    const name = `${count.toLocaleString('en-US')} readers`;
    return [
      {
        measure: `memory of the API for each of ${name} while nothing happens`,
        value: ((idle - before) * 1024) / count,
        unit: 'KiB',
      },
      ...rowsOf(name, calm),
      ...rowsOf(`${name} and one that reads nothing`, stalled),
    ];
  } finally {
    readers.kill();
  }
}

interface Phase {
  readonly ages: readonly number[];
  readonly bytesPerSecond: number;
  readonly peakMiB: number;
  readonly rate: number;
}

/** Publishes for some seconds; then nothing until the readers have all of it. */
async function phase(
  bus: EventBus,
  readers: ChildProcess,
  api: ChildProcess,
  seconds: number,
): Promise<Phase> {
  await reportOf(readers);
  const begun = performance.now();
  let published = 0;
  let peakMiB = 0;
  for (let passed = 0; passed < seconds; passed = (performance.now() - begun) / 1000) {
    const due = Math.floor(passed * perSecond) - published;
    if (due > 0) await publish(bus, published, due);
    published += Math.max(0, due);
    peakMiB = Math.max(peakMiB, memoryMiB(api));
    await new Promise((resolve) => setTimeout(resolve, tickMs));
  }
  const ages: number[] = [];
  let bytes = 0;
  // Until nothing comes any more; heartbeats are no events.
  for (let quiet = 0; quiet < 3; ) {
    const report = await reportOf(readers);
    for (const age of report.ages) ages.push(age);
    bytes += report.bytes;
    quiet = report.ages.length === 0 ? quiet + 1 : 0;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const tookS = (performance.now() - begun) / 1000;
  return { ages, bytesPerSecond: bytes / tookS, peakMiB, rate: published / seconds };
}

async function publish(bus: EventBus, first: number, count: number): Promise<void> {
  const sent = Date.now();
  await bus.publish(
    Array.from({ length: count }, (_, i) => ({
      tag: `bench/host${(first + i) % 500}/reading`,
      data: mapOf({ sent, n: first + i, text: 'x'.repeat(80) }),
    })),
  );
}

function rowsOf(name: string, { ages, bytesPerSecond, peakMiB, rate }: Phase): Row[] {
  const traffic = `${Math.round(rate)} events/s, ${(bytesPerSecond / 2 ** 20).toFixed(0)} MiB/s to all readers`;
  return [
    { measure: `${name}: delay, median`, value: percentile(ages, 50), unit: 'ms', note: traffic },
    { measure: `${name}: delay, p99`, value: percentile(ages, 99), unit: 'ms' },
    { measure: `${name}: most memory of the API`, value: peakMiB, unit: 'MiB' },
  ];
}

async function reportOf(readers: ChildProcess): Promise<Report> {
  readers.send('report');
  const [report] = (await once(readers, 'message')) as [Report];
  return report;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
