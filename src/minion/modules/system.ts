import { cpus, freemem, loadavg, totalmem, uptime } from 'node:os';
import { float, mapOf, type Value, type ValueMap } from '../../core/index.ts';
import { runProgram } from '../process/run.ts';
import { CommandFailed } from './errors.ts';
import type { Call, MinionModule } from './types.ts';

/** Disks. */
export const diskModule: MinionModule = {
  usage: {
    signature: 'args=None',
    doc: 'Mount point → file system, 1K-blocks, used, available and capacity.',
    run: (_args, call) => diskUsage(call),
  },
};

async function diskUsage(call: Call): Promise<Value> {
  const env = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' };
  const result = await runProgram({ argv: ['df', '-P', '-k'], env, clock: call.clock, signal: call.signal });
  // df reports a failure when it may not look into one of many mounts; the others are still good.
  if (result.code !== 0 && result.stdout === '')
    throw new CommandFailed(`df failed: ${result.stderr.trim()}`);
  const usage: ValueMap = new Map();
  for (const line of result.stdout.split('\n').slice(1)) {
    const row = /^(.+?)\s+(\d+)\s+(\d+)\s+(-?\d+)\s+(\S+)\s+(\/.*)$/.exec(line);
    if (row === null) continue;
    const [, filesystem = '', blocks = '', used = '', available = '', capacity = '', mount = ''] = row;
    usage.set(mount, mapOf({ filesystem, '1K-blocks': blocks, used, available, capacity }));
  }
  return usage;
}

/** The host's state. */
export const statusModule: MinionModule = {
  loadavg: {
    signature: '',
    doc: 'Load of the last 1, 5 and 15 minutes.',
    run: () => {
      const [one = 0, five = 0, fifteen = 0] = loadavg();
      return mapOf({ '1-min': float(one), '5-min': float(five), '15-min': float(fifteen) });
    },
  },
  uptime: { signature: '', doc: 'How long the host is up.', run: (_args, call) => hostUptime(call) },
  meminfo: {
    signature: '',
    doc: 'Total and free memory in bytes.',
    run: () => mapOf({ total: totalmem(), free: freemem() }),
  },
  nproc: { signature: '', doc: 'The number of processors.', run: () => cpus().length },
};

function hostUptime(call: Call): Value {
  const seconds = Math.floor(uptime());
  const since = Math.floor(call.clock.nowMs() / 1000) - seconds;
  const minutes = Math.floor(seconds / 60);
  return mapOf({
    seconds,
    since_t: since,
    since_iso: new Date(since * 1000).toISOString().slice(0, -5),
    days: Math.floor(seconds / 86_400),
    time: `${Math.floor(minutes / 60) % 24}:${String(minutes % 60).padStart(2, '0')}`,
  });
}
