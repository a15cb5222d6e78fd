import { once } from 'node:events';
import { join } from 'node:path';
import { bindLink, memoryLog, serveEvents } from '../src/bus/index.ts';
import { type EventLog, silentTelemetry as telemetry } from '../src/core/index.ts';
import { openEventLog } from '../src/journal/index.ts';
import { systemClock as clock, systemIds } from '../src/system/index.ts';
import { type Bare, bareRate } from './support/bare.ts';
import { inFolder } from './support/folder.ts';
import { eventsPerMessage } from './support/messages.ts';
import { exited, startPeer } from './support/peer.ts';
import { type BenchOptions, medianOf, type Row } from './support/report.ts';

interface Case {
  readonly measure: string;
  readonly durable: boolean;
  readonly withReader: boolean;
}

const cases: readonly Case[] = [
  { measure: 'events published and acknowledged, log in memory', durable: false, withReader: false },
  {
    measure: 'events published and read by a third process, log in memory',
    durable: false,
    withReader: true,
  },
  { measure: 'events published and acknowledged, durable', durable: true, withReader: false },
  { measure: 'events published and read by a third process, durable', durable: true, withReader: true },
];

export const about = `Job returns of about 150 bytes, ${eventsPerMessage} to a message, 32 messages under way, from another process.`;

/**
 * Events a second that one bus process takes, acknowledges and hands on, beside bare ZeroMQ push and pull
 * of the same messages from another process, each decoded with msgpackr.
 */
export function run({ quick }: BenchOptions): Promise<Row[]> {
  const messages = quick ? 50 : 5000;
  const rounds = quick ? 1 : 3;
  return inFolder(async (folder) => {
    const bareOf = (how: Bare, count: number): Promise<number> =>
      medianOf(rounds, (i) => bareRate(join(folder, `${how.length}-${i}`), 'returns', count, how));
    const bare = await bareOf('decoded', messages);
    const unit = '/s';
    const rows: Row[] = [
      { measure: 'bare ZeroMQ, 64 events a message, all decoded', value: bare, unit },
      {
        measure: 'bare ZeroMQ, one event a message, decoded',
        value: await bareOf('decoded, one a message', messages * 4),
        unit,
      },
      {
        measure: 'bare ZeroMQ, 64 events a message, only tags decoded',
        value: await bareOf('bodies packed', messages),
        unit,
      },
    ];
    for (const [number, one] of cases.entries()) {
      const value = await medianOf(rounds, (i) => busRate(join(folder, `bus${number}-${i}`), messages, one));
      const against = 'bare ZeroMQ, 64 a message, all decoded';
      rows.push({ measure: one.measure, value, unit, against, ratio: value / bare });
    }
    return rows;
  });
}

async function busRate(path: string, messages: number, { durable, withReader }: Case): Promise<number> {
  const link = await bindLink({ endpoints: [`ipc://${path}`], bytesMax: 8 << 20, telemetry, clock });
  const log = await openLog(`${path}-log`, durable);
  const limits = { eventBytesMax: 1 << 20, queueEventsMax: 100_000 };
  const server = serveEvents(link, log, { clock, telemetry, ...limits });
  link.accept();
  const reader = withReader ? startPeer('read', path, messages) : undefined;
  if (reader !== undefined) await once(reader, 'message');
  const ended: Promise<unknown> = reader === undefined ? taken(log, messages) : once(reader, 'message');
  let begunMs = 0;
  const stop = log.onAppend(() => {
    begunMs ||= performance.now();
  });
  const publisher = startPeer('publish', path, messages);
  const published = exited(publisher);
  // A publisher that fails ends the benchmark; nothing would come any more.
  await Promise.race([ended, published.then(() => ended)]);
  const tookMs = performance.now() - begunMs;
  stop();
  await published;
  if (reader !== undefined) await exited(reader);
  server.close();
  await link.close();
  await log.close?.();
  return (messages * eventsPerMessage * 1000) / tookMs;
}

async function openLog(folder: string, durable: boolean): Promise<EventLog & { close?(): Promise<void> }> {
  if (!durable) return memoryLog({ id: 'bench', eventsMax: 1_000_000, clock });
  const retention = { retentionMs: 1e12, retentionBytes: 1e12 };
  return openEventLog(folder, { clock, ids: systemIds(clock), telemetry, ...retention });
}

function taken(log: EventLog, messages: number): Promise<void> {
  return new Promise((resolve) => {
    const stop = log.onAppend(() => {
      if (log.nextSeq() <= messages * eventsPerMessage) return;
      stop();
      resolve();
    });
  });
}
