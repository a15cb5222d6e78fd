import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unpackData } from '../src/bus/index.ts';
import { inFolder } from './support/folder.ts';
import { latenciesAt, type Path, throughput } from './support/reactions.ts';
import { type BenchOptions, goal, median, medianOf, percentile, type Row } from './support/report.ts';
import { Roles } from './support/roles.ts';
import { isInstalled, SaltMaster, sharedMemoryMiB } from './support/salt-master.ts';

/** Salt's fastest line. */
export const fastest = '3006.28';

export const about =
  'One SLS file with one `runner.event.send`, under a real salt-master with its own event library as publisher, one ' +
  'event a message, and under Brine with its journal (durable; Salt keeps nothing), 64 events a message. A reaction counts when the ' +
  "event that it sends is seen on the bus. Latency of Salt is that of one event at a time; Brine's is taken at a tenth of " +
  'its peak rate. One after the other on one machine.';

const sls = `reply:
  runner.event.send:
    - args:
      - tag: done/{{ data['n'] }}
      - data:
          n: {{ data['n'] }}
`;

/** Where the answers come back. */
const path: Path = { prefix: 'done/', numberOf: (body) => Number(unpackData(body).get('n')) };

interface Figures {
  readonly rate: number;
  /** Events that were never answered. */
  readonly lost: number;
  readonly latencies: readonly number[];
  readonly memory: number;
}

/** Beside the fastest line of Salt, where it is installed. */
export function run({ quick }: BenchOptions): Promise<Row[]> {
  return compare(fastest, quick);
}

/** Rows beside one release of Salt; none, which is said by name, where that is not installed. */
export async function compare(release: string, quick: boolean): Promise<Row[]> {
  if (!isInstalled(release)) {
    console.log(`\nskipped: salt ${release} is not installed (.ci/salt-envs installs it)`);
    return [];
  }
  return inFolder(async (folder) => {
    const file = join(folder, 'reply.sls');
    writeFileSync(file, sls);
    writeFileSync(join(folder, 'map.yaml'), `reactor:\n  - 'bench/*':\n    - ${file}\n`);
    const salt = await ofSalt(release, folder, file, quick);
    return rowsOf(release, await ofBrine(folder, quick), salt, !quick && release === fastest);
  });
}

async function ofSalt(release: string, folder: string, file: string, quick: boolean): Promise<Figures> {
  await using master = await SaltMaster.start(release, folder, [{ 'bench/*': [file] }]);
  let lost = 0;
  const rate = await medianOf(quick ? 1 : 3, async () => {
    const found = await master.reactionRate(quick ? 20 : 1000);
    lost += found.lost;
    return found.rate;
  });
  const memory = master.memoryMiB();
  return { rate, lost, latencies: await master.latencies(quick ? 10 : 300), memory };
}

async function ofBrine(folder: string, quick: boolean): Promise<Figures> {
  await using roles = new Roles(folder, join(folder, 'map.yaml'));
  const master = await roles.start('master');
  const reactor = await roles.start('reactor');
  const bus = await roles.connect();
  const count = quick ? 640 : 50_000;
  await throughput(bus, count, path);
  const rate = await medianOf(quick ? 1 : 3, () => throughput(bus, count, path));
  const memory = sharedMemoryMiB(master.pid ?? -1) + sharedMemoryMiB(reactor.pid ?? -1);
  return { rate, lost: 0, latencies: await latenciesAt(bus, rate / 10, quick ? 200 : 10_000, path), memory };
}

function rowsOf(release: string, ours: Figures, salts: Figures, judged: boolean): Row[] {
  const [p50, p99] = [median(ours.latencies), percentile(ours.latencies, 99)];
  const [saltP50, saltP99] = [median(salts.latencies), percentile(salts.latencies, 99)];
  const ratio = ours.rate / salts.rate;
  const against = `Salt ${release}`;
  const rate: Row = {
    measure: 'durable reactions',
    value: ours.rate,
    unit: '/s',
    against,
    ratio,
    note: `Salt ${salts.rate.toFixed(1)} /s${salts.lost > 0 ? `, and ${salts.lost} events never answered` : ''}`,
  };
  const tail: Row = {
    measure: 'event → reaction seen, p99',
    value: p99,
    unit: 'ms',
    against,
    ratio: p99 / saltP99,
    note: `Salt ${saltP99.toFixed(1)} ms`,
  };
  const reached = `${p99.toFixed(1)} ms, Salt ${saltP50.toFixed(1)} ms`;
  return [
    judged ? { ...rate, goal: goal('salt-rate', ratio >= 300, `${ratio.toFixed(0)}×`) } : rate,
    {
      measure: 'event → reaction seen, median',
      value: p50,
      unit: 'ms',
      against,
      ratio: p50 / saltP50,
      note: `Salt ${saltP50.toFixed(1)} ms`,
    },
    judged ? { ...tail, goal: goal('salt-latency', p99 < saltP50, reached) } : tail,
    {
      measure: 'memory of master and reactor',
      value: ours.memory,
      unit: 'MiB',
      against,
      ratio: ours.memory / salts.memory,
      note: `Salt ${salts.memory.toFixed(0)} MiB`,
    },
  ];
}
