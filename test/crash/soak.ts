/**
 * Memory over time. A master, a minion and a reactor in this process work through events whose ids, keys, job ids and
 * readers are new each time; now and then, after a garbage collection, the memory that is in use is written down. The
 * slope is that of the straight line through these samples once everything bounded is full.
 *
 *   node --expose-gc --import tsx test/crash/soak.ts [--minutes N] [--rate N] [--warm-up-jobs N] [--json]
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { connectBus, connectLink, type LinkClient, newKeyPair, socketPath } from '../../src/bus/index.ts';
import { loadSettings, type Settings } from '../../src/config/index.ts';
import { type Ids, mapOf, type OutgoingEvent, silentTelemetry } from '../../src/core/index.ts';
import { createMaster } from '../../src/master/index.ts';
import { createMinion } from '../../src/minion/index.ts';
import { createReactor } from '../../src/reactor/index.ts';
import { systemClock, systemIds } from '../../src/system/index.ts';
import { ask } from './support/cluster.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    rate: { type: 'string', default: '400' },
    /** Some tables in memory are bounded by so many jobs; before they are full they grow, as they may. */
    'warm-up-jobs': { type: 'string', default: '12000' },
    json: { type: 'boolean', default: false },
  },
});
const measureMs = Number(values.minutes) * 60_000;
const rate = Number(values.rate);
const warmUpJobs = Number(values['warm-up-jobs']);
const samplesWanted = 40;
/** Few, because what is left behind is mostly left by each batch. */
const batchEvents = 5;

const rules = `rules:
  job:
    on: churn/*
    concurrency: 500
    do:
      - local.test.echo: {tgt: '*', args: ['{{ data.id }}']}
  derived:
    on: churn/*
    vars: {short: data.id[:8]}
    do:
      - event.send: {tag: 'derived/{{ short }}', data: {id: '{{ data.id }}'}}
  never:
    on: [churn/*, derived/*]
    if: data.id == 'nobody'
    do:
      - event.send: {tag: never/sent}
  returned:
    on: salt/job/*/ret/*
    if: data.success == false
    do:
      - event.send: {tag: 'failed/{{ data.jid }}'}
  broken:
    on: churn/0*
    do:
      - event.send: {tag: 'x/{{ data.missing }}'}
`;

interface Sample {
  readonly atMs: number;
  readonly usedBytes: number;
  /** What the process has for itself; mapped files of the journals are not part of it. */
  readonly ownBytes: number;
}

function settingsIn(folder: string): Settings {
  writeFileSync(join(folder, 'rules.yaml'), rules);
  const overrides = {
    id: 'soak',
    port: 0,
    enrol_port: 0,
    data_dir: join(folder, 'd'),
    sock_dir: join(folder, 's'),
    reactors: join(folder, 'rules.yaml'),
    log_level: 'silent' as const,
  };
  const loaded = loadSettings({ env: {}, cwd: folder, overrides });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  return loaded.settings;
}

function sample(): Sample {
  if (globalThis.gc === undefined) throw new Error('run it with node --expose-gc');
  globalThis.gc();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { atMs: performance.now(), usedBytes: heapUsed + external, ownBytes: ownBytes() ?? rss };
}

/** undefined where the system does not tell. */
function ownBytes(): number | undefined {
  if (process.platform !== 'linux') return undefined;
  const kib = /RssAnon:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return kib === undefined ? undefined : Number(kib) * 1024;
}

/** Publishes at a bounded rate until it is told to stop. */
class Churn {
  readonly #link: LinkClient;
  readonly #ids: Ids;
  readonly #working: Promise<void>;
  #stopped = false;
  events = 0;
  keys = 0;
  readers = 0;

  constructor(link: LinkClient, ids: Ids) {
    this.#link = link;
    this.#ids = ids;
    this.#working = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#working;
  }

  async #run(): Promise<void> {
    const bus = connectBus(this.#link, { clock: systemClock });
    const startMs = performance.now();
    for (let batch = 1; !this.#stopped; batch += 1) {
      await bus.publish(Array.from({ length: batchEvents }, () => this.#event()));
      this.events += batchEvents;
      if (batch % 40 === 0) await this.#churnKey();
      if (batch % 40 === 20) this.#churnReader(bus);
      const aheadMs = (this.events / rate) * 1000 - (performance.now() - startMs);
      if (aheadMs > 0) await pause(aheadMs);
    }
    await bus.close();
  }

  #event(): OutgoingEvent {
    const id = this.#ids.random(12);
    return { tag: `churn/${id}`, data: mapOf({ id, host: `host-${id}.example`, text: 'x'.repeat(200) }) };
  }

  /** A minion that nobody has heard of shows its key, and it is deleted again. */
  async #churnKey(): Promise<void> {
    const id = `m-${this.#ids.random(8)}`;
    await ask(this.#link, 'introduce', { id, public_key: newKeyPair().publicKey });
    await ask(this.#link, 'wheel', { fun: 'key.delete', arg: [id], user: 'soak' });
    this.keys += 1;
  }

  #churnReader(bus: ReturnType<typeof connectBus>): void {
    const subscription = bus.subscribe({
      from: 'now',
      prefixes: [`derived/${this.#ids.random(1)}`],
      name: 'r',
    });
    subscription.ready.then(
      () => subscription.close(),
      () => undefined,
    );
    this.readers += 1;
  }
}

/** Bytes in an hour, by least squares. */
function slopeOf(samples: readonly Sample[], of: (sample: Sample) => number): number {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const times = samples.map(({ atMs }) => atMs / 3_600_000);
  const [time, value] = [mean(times), mean(samples.map(of))];
  const rise = samples.reduce((sum, each, i) => sum + ((times[i] ?? 0) - time) * (of(each) - value), 0);
  const run = times.reduce((sum, each) => sum + (each - time) ** 2, 0);
  return run === 0 ? 0 : rise / run;
}

function middleOf(samples: readonly Sample[]): number {
  const sorted = samples.map(({ usedBytes }) => usedBytes).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

async function measure(folder: string): Promise<Record<string, number>> {
  const settings = settingsIn(folder);
  const ids = systemIds(systemClock);
  const deps = { clock: systemClock, ids, telemetry: silentTelemetry };
  const roles = [createMaster(settings, deps), createMinion(settings, deps), createReactor(settings, deps)];
  for (const role of roles) await role.start();
  const link = connectLink({
    endpoint: `ipc://${socketPath(settings.sockDir, 'master')}`,
    clock: systemClock,
  });
  const churn = new Churn(link, ids);
  while (churn.events < warmUpJobs) await pause(200);
  const warmUpEvents = churn.events;
  const samples: Sample[] = [sample()];
  for (let i = 1; i < samplesWanted; i += 1) {
    await pause(measureMs / (samplesWanted - 1));
    samples.push(sample());
  }
  await churn.stop();
  await link.close();
  for (const role of roles.toReversed()) await role.stop();
  const mib = 1 << 20;
  const third = Math.floor(samples.length / 3);
  return {
    minutes: Number(values.minutes),
    events: churn.events - warmUpEvents,
    keys: churn.keys,
    readers: churn.readers,
    used_mb: middleOf(samples) / mib,
    /** Between the medians of the first and of the last third, which one odd sample does not move. */
    grown_mb: (middleOf(samples.slice(-third)) - middleOf(samples.slice(0, third))) / mib,
    used_mb_per_hour: slopeOf(samples, ({ usedBytes }) => usedBytes) / mib,
    own_mb: (samples.at(-1)?.ownBytes ?? 0) / mib,
    own_mb_per_hour: slopeOf(samples, ({ ownBytes: own }) => own) / mib,
  };
}

const folder = mkdtempSync(join(tmpdir(), 'brine-soak-'));
try {
  const result = await measure(folder);
  if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else
    for (const [name, value] of Object.entries(result))
      process.stdout.write(`${name.padEnd(18)} ${Math.round(value * 100) / 100}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
