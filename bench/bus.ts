import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Unpackr } from 'msgpackr';
import { Pull } from 'zeromq';
import { bindLink, memoryLog, serveEvents } from '../src/bus/index.ts';
import { silentTelemetry as telemetry } from '../src/core/index.ts';
import { systemClock as clock } from '../src/system/index.ts';
import { type BenchOptions, median, type Row } from './support/report.ts';

const eventsPerMessage = 64;
const peer = new URL('bus-peer.ts', import.meta.url);

/**
 * Events a second that one bus process takes, acknowledges and hands on, with its log in memory, beside
 * bare ZeroMQ push and pull of the same messages from another process, each decoded with msgpackr.
 */
export async function run(options: BenchOptions): Promise<Row[]> {
  const messages = options.quick ? 50 : 5000;
  const rounds = options.quick ? 1 : 3;
  const folder = mkdtempSync(join(tmpdir(), 'brine-bench-'));
  try {
    const bare = await medianOf(rounds, (round) => bareRate(join(folder, `bare${round}`), messages));
    const taken = await medianOf(rounds, (round) => busRate(join(folder, `bus${round}`), messages, false));
    const read = await medianOf(rounds, (round) => busRate(join(folder, `read${round}`), messages, true));
    const against = 'bare ZeroMQ push/pull, msgpackr decode';
    const note = `${eventsPerMessage} events a message, log in memory`;
    return [
      {
        measure: 'events pushed and pulled, bare',
        value: bare,
        unit: '1/s',
        note: `${eventsPerMessage} events a message`,
      },
      {
        measure: 'events published and acknowledged',
        value: taken,
        unit: '1/s',
        against,
        ratio: taken / bare,
        note,
      },
      {
        measure: 'events published and read by a third process',
        value: read,
        unit: '1/s',
        against,
        ratio: read / bare,
        note,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function medianOf(rounds: number, work: (round: number) => Promise<number>): Promise<number> {
  const rates: number[] = [];
  for (let round = 0; round < rounds; round += 1) rates.push(await work(round));
  return median(rates);
}

async function bareRate(path: string, messages: number): Promise<number> {
  const socket = new Pull({ linger: 0 });
  await socket.bind(`ipc://${path}`);
  const unpackr = new Unpackr({ useRecords: false, mapsAsObjects: false });
  const child = start('push', path, messages);
  let received = 0;
  let begunMs = 0;
  for await (const [frame] of socket) {
    if (received === 0) begunMs = performance.now();
    unpackr.unpack(frame as Buffer);
    received += 1;
    if (received === messages) break;
  }
  const tookMs = performance.now() - begunMs;
  socket.close();
  await exited(child);
  return perSecond(messages, tookMs);
}

async function busRate(path: string, messages: number, withReader: boolean): Promise<number> {
  const endpoint = `ipc://${path}`;
  const link = await bindLink({ endpoints: [endpoint], bytesMax: 8 << 20, telemetry, clock });
  const log = memoryLog({ id: 'bench', eventsMax: 1_000_000, clock });
  const server = serveEvents(link, log, {
    clock,
    telemetry,
    eventBytesMax: 1 << 20,
    queueEventsMax: 100_000,
  });
  const children: ChildProcess[] = [];
  let ended: Promise<unknown> | undefined;
  if (withReader) {
    const reader = start('read', path, messages);
    children.push(reader);
    await once(reader, 'message');
    ended = once(reader, 'message');
  }
  let begunMs = 0;
  const taken = new Promise<void>((resolve) => {
    log.onAppend(() => {
      if (begunMs === 0) begunMs = performance.now();
      if (log.nextSeq() > messages * eventsPerMessage) resolve();
    });
  });
  children.push(start('publish', path, messages));
  await (ended ?? taken);
  const tookMs = performance.now() - begunMs;
  await Promise.all(children.map(exited));
  server.close();
  await link.close();
  return perSecond(messages, tookMs);
}

function start(role: string, path: string, messages: number): ChildProcess {
  return fork(peer, [role, `ipc://${path}`, String(messages)]);
}

async function exited(child: ChildProcess): Promise<void> {
  if (child.exitCode === null) await once(child, 'exit');
  if (child.exitCode !== 0) throw new Error(`a process of the benchmark ended with ${child.exitCode}`);
}

function perSecond(messages: number, tookMs: number): number {
  return (messages * eventsPerMessage * 1000) / tookMs;
}
