import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { connectBus, connectLink, type EventBus, newKeyPair, packValue } from '../src/bus/index.ts';
import { loadSettings } from '../src/config/index.ts';
import { mapOf, type OutgoingEvent, silentTelemetry } from '../src/core/index.ts';
import { systemClock } from '../src/system/index.ts';
import { type BenchOptions, median, percentile, type Row } from './support/report.ts';

const rules = `rules:
  bench:
    on: bench/*
    if: data.n >= 0
    do:
      - local.test.echo: {tgt: sink, args: ['{{ data.n }}']}
`;

const batchEvents = 64;

/**
 * The whole path with three processes, everything durable: this one publishes over ZeroMQ, the master logs,
 * the reactor decides and journals, the master records each job under its jid. A reaction counts when
 * its `salt/job/<jid>/new` event comes back here.
 */
export async function run(options: BenchOptions): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'brine-bench-'));
  const children: ChildProcess[] = [];
  try {
    const config = join(folder, 'brine.yaml');
    writeFileSync(join(folder, 'rules.yaml'), rules);
    writeFileSync(config, `reactors: ${join(folder, 'rules.yaml')}\nport: 0\nenrol_port: 0\n`);
    const flags = ['--config', config, '--data-dir', join(folder, 'd')];
    children.push(await daemon(['master', ...flags]));
    children.push(await daemon(['reactor', ...flags]));
    const loaded = loadSettings({ file: config, dataDir: join(folder, 'd'), env: process.env, cwd: folder });
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
    const endpoint = `ipc://${join(loaded.settings.sockDir, 'master.ipc')}`;
    const link = connectLink({ endpoint, clock: systemClock, telemetry: silentTelemetry });
    // A minion that is accepted and away: the figure ends where the master has the job, not where it ran.
    const key = mapOf({ id: 'sink', public_key: newKeyPair().publicKey });
    await link.request('introduce', packValue(key), 10_000);
    const bus = connectBus(link, { clock: systemClock });
    const idle = await idleLatencies(bus, options.quick ? 5 : 200);
    const peak = await throughput(bus, options.quick ? 640 : 50_000);
    await bus.close();
    await link.close();
    return [
      { measure: 'durable end-to-end reactions', value: peak, unit: '/s', note: `${batchEvents} events a message, one native rule` },
      { measure: 'latency of one at idle, median', value: median(idle), unit: 'ms', note: 'published → job recorded, seen here' },
      { measure: 'latency of one at idle, p99', value: percentile(idle, 99), unit: 'ms' },
    ];
  } finally {
    for (const child of children) child.kill('SIGTERM');
    await Promise.all(children.map((child) => new Promise((resolve) => child.once('exit', resolve))));
    rmSync(folder, { recursive: true, force: true });
  }
}

function event(n: number): OutgoingEvent {
  return { tag: `bench/${n % 16}`, data: mapOf({ n, id: `web${n % 100}.example.com`, state: 'down' }) };
}

async function idleLatencies(bus: EventBus, count: number): Promise<number[]> {
  const jobs = bus.subscribe({ from: 'now', prefixes: ['salt/job/'], name: 'bench idle' });
  await jobs.ready;
  const seen = jobs[Symbol.asyncIterator]();
  const latencies: number[] = [];
  for (let n = 0; n < count; n += 1) {
    const begun = performance.now();
    await bus.publish([event(n)]);
    await seen.next();
    latencies.push(performance.now() - begun);
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
  const took = performance.now() - begun;
  await published;
  jobs.close();
  return (count / took) * 1000;
}

/** Keeps a few messages on their way, so that the wire is never idle and never flooded. */
async function publishAll(bus: EventBus, count: number): Promise<void> {
  const underWay = new Set<Promise<unknown>>();
  for (let n = 0; n < count; n += batchEvents) {
    const size = Math.min(batchEvents, count - n);
    const sent = bus.publish(Array.from({ length: size }, (_, i) => event(n + i))).finally(() => underWay.delete(sent));
    underWay.add(sent);
    if (underWay.size >= 16) await Promise.race(underWay);
  }
  await Promise.all(underWay);
}

/** Starts a role as its own process and waits until it says that it is ready. */
async function daemon(args: string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['dist/cli/main.js', ...args, '--json'], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise<void>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${args[0]} ended with ${code}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (/"ready": ?true/.test(line)) resolve();
    });
  });
  return child;
}
