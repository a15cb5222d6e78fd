import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { connectBus, type EventBus, type LinkClient } from '../../src/bus/index.ts';
import { mapOf } from '../../src/core/index.ts';
import { addToken, openTokenFile } from '../../src/http/index.ts';
import { systemClock } from '../../src/system/index.ts';
import { Daemon, eventually } from '../support/brine.ts';
import { temporaryFolder } from '../support/temp.ts';
import { Cluster } from './support/cluster.ts';
import { Generator } from './support/generator.ts';

/** The long form: BRINE_STREAM_EVENTS=100000. */
const events = Number(process.env['BRINE_STREAM_EVENTS'] ?? 20_000);
const kills = 50;
/** So slowly that the reader reads what is new and, after each of its ends, what it missed. */
const publishingS = 25;
/** Which of the kills are followed by one of the API's or the master's. */
const restarts: ReadonlyMap<number, 'api' | 'master'> = new Map([
  [8, 'api'],
  [17, 'master'],
  [26, 'api'],
  [35, 'master'],
  [44, 'api'],
]);

/** The API in a process of its own, whose address stands in a file. */
class ApiProcess {
  readonly urlFile: string;
  readonly #flags: readonly string[];
  #daemon: Daemon | undefined;

  constructor(flags: readonly string[], folder: string) {
    this.#flags = flags;
    this.urlFile = join(folder, 'url');
  }

  async start(): Promise<void> {
    this.#daemon = new Daemon(['api', '--json', ...this.#flags]);
    const { api } = await this.#daemon.json((line) => line['ready'] === true);
    writeFileSync(`${this.urlFile}.new`, String(api));
    renameSync(`${this.urlFile}.new`, this.urlFile);
  }

  async kill(): Promise<void> {
    await this.#daemon?.kill('SIGKILL');
  }
}

/** The reader of `support/sse-reader.ts`, killed and started again. */
class Reader {
  readonly ledger: string;
  readonly #args: readonly string[];
  #child: ChildProcess | undefined;

  constructor(urlFile: string, token: string, folder: string) {
    this.ledger = join(folder, 'ledger');
    const script = new URL('support/sse-reader.ts', import.meta.url).pathname;
    this.#args = ['--import', 'tsx', script, urlFile, token, this.ledger];
  }

  start(): ChildProcess {
    this.#child = spawn(process.execPath, this.#args, { stdio: ['ignore', 'pipe', 'inherit'] });
    return this.#child;
  }

  async kill(): Promise<void> {
    if (this.#child === undefined || this.#child.exitCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }

  /** The ids that it saw, in the order in which it saw them. */
  seen(): number[] {
    if (!existsSync(this.ledger)) return [];
    return readFileSync(this.ledger, 'utf8').split('\n').slice(0, -1).map(Number);
  }
}

async function killed(reader: Reader, api: ApiProcess, cluster: Cluster): Promise<void> {
  for (let kill = 1; kill <= kills; kill += 1) {
    // The kills are spread over all of the events, not over the time.
    const before = (events * kill) / (kills + 2);
    await eventually(() => (reader.seen().length >= before ? true : undefined), `event ${before}`, 60_000);
    await reader.kill();
    const restart = restarts.get(kill);
    if (restart === 'api') {
      await api.kill();
      await api.start();
    } else if (restart === 'master') {
      await cluster.processes.master.end('SIGKILL');
      expect(await cluster.processes.master.start()).toBe(true);
    }
    reader.start();
  }
}

/** Sequence numbers of the log's events of the generator, by their number. */
async function logged(bus: EventBus): Promise<{ nextSeq: number; seqs: Map<number, number> }> {
  const { nextSeq } = await bus.info();
  const seqs = new Map<number, number>();
  for await (const message of bus.subscribe({ from: 1, prefixes: [], name: 'audit' })) {
    if (message.kind === 'gap') throw new Error(`the log has a gap: ${message.reason}`);
    const { tags, firstSeq } = message.batch;
    tags.forEach((tag, i) => {
      if (tag.startsWith('load/')) seqs.set(Number(tag.slice(5)), firstSeq + i);
    });
    if (message.nextSeq >= nextSeq) break;
  }
  return { nextSeq, seqs };
}

test(`a reader that is killed ${kills} times during ${events} events sees each exactly once`, {
  timeout: 300_000,
}, async () => {
  using folder = temporaryFolder();
  const config = { api: '{port: 0}' };
  await using cluster = new Cluster({ folder: folder.path, rules: 'rules: {}\n', config });
  mkdirSync(join(cluster.dataDir, 'api'), { recursive: true, mode: 0o700 });
  const rights = { perms: [], read: ['*'], emit: [] };
  const token = await addToken(openTokenFile(cluster.dataDir), 'reader', rights, {
    nowMs: Date.now(),
    expiresMs: null,
  });
  expect(await cluster.processes.master.start()).toBe(true);
  const api = new ApiProcess(cluster.flags, folder.path);
  const reader = new Reader(api.urlFile, token, folder.path);
  const link: LinkClient = cluster.link();
  const bus = connectBus(link, { clock: systemClock });
  try {
    await api.start();
    const first = reader.start();
    if (first.stdout !== null) await once(first.stdout, 'data');
    const eventOf = (n: number): { tag: string; data: ReturnType<typeof mapOf> } => ({
      tag: `load/${n}`,
      data: mapOf({ n, text: 'x'.repeat(60) }),
    });
    const generator = new Generator({ link, events, perSecond: events / publishingS, eventOf });
    const publishing = generator.run();
    await killed(reader, api, cluster);
    await publishing;
    const { nextSeq, seqs } = await logged(bus);
    await eventually(
      () => (reader.seen().at(-1) === nextSeq - 1 ? true : undefined),
      'the last event',
      60_000,
    );
    const seen = reader.seen();
    const start = seen[0] ?? 0;
    // Each once, in order, none left out: whatever was in the log, those of the system among them.
    expect(seen).toEqual(Array.from({ length: nextSeq - start }, (_, i) => start + i));
    const { acked, refused } = generator.published;
    for (const [n, seq] of acked) expect(seqs.get(n)).toBe(seq);
    expect(acked.size + generator.published.unknown.size + refused.size).toBe(events);
    expect(acked.size).toBeGreaterThan(events / 2);
    expect(Math.min(...seqs.values())).toBeGreaterThanOrEqual(start);
  } finally {
    await reader.kill();
    await api.kill();
    await bus.close();
    await link.close();
  }
});
