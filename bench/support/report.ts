import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';

export interface BenchOptions {
  /** Small numbers, to see that the benchmark runs; its figures mean nothing. */
  readonly quick: boolean;
  /** Minutes for which the soak runs; without them it does not. */
  readonly soakMinutes?: number;
}

/** A benchmark: what it measures in which setting, and the rows of a run. */
export interface Benchmark {
  readonly about: string;
  run(options: BenchOptions): Promise<Row[]>;
}

export interface Row {
  readonly measure: string;
  readonly value: number;
  readonly unit: string;
  /** What it is compared with, in the same run. */
  readonly against?: string;
  readonly ratio?: number;
  readonly note?: string;
  /** What the row must reach, and whether it did. */
  readonly goal?: Goal;
}

export interface Goal {
  readonly id: GoalId;
  readonly met: boolean;
  /** The figure that is judged, beside what is asked. */
  readonly reached: string;
}

/** What the benchmark must reach, in the order in which it is shown. */
export const goals = {
  'match-10k': 'matching at 10,000 rules costs at most 2× as much per event as at 10',
  'match-100k': 'matching at 100,000 rules costs at most 3× as much per event as at 10',
  decide: '50,000 events a second decided that fire a typical SLS, in process',
  bus: 'unmatched events through bus and journal, durable, at half the rate of bare ZeroMQ with decode',
  'salt-rate': "300 times the durable reactions of Salt's reactor on the same SLS",
  'salt-latency': "p99 latency at a tenth of the peak rate below the median of Salt's reactor",
  idle: 'idle, event published → action dispatched, durable: the median at most 1 ms above one fdatasync',
  memory: 'memory of the reactor at that load under 200 MB',
  slope: 'after an hour of churned keys and ids its memory grows by less than 1 MB an hour',
  start: 'ready in less than 1 second with 1,000 SLS files',
  filled: 'with 10 million events in the journal at least 90 % of the throughput with an empty one',
} as const;

export type GoalId = keyof typeof goals;

/** `value` judged by `met`, as it is shown. */
export function goal(id: GoalId, met: boolean, reached: string): Goal {
  return { id, met, reached };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((p / 100) * sorted.length))] ?? Number.NaN;
}

/** The median of what some rounds of `work` give. */
export async function medianOf(
  rounds: number,
  work: (round: number) => number | Promise<number>,
): Promise<number> {
  const results: number[] = [];
  for (let round = 0; round < rounds; round += 1) results.push(await work(round));
  return median(results);
}

/** Calls a second of `work`, the median of several rounds of about `roundMs` each. */
export function rate(work: () => void, options: { rounds: number; roundMs: number }): number {
  work();
  const rates: number[] = [];
  for (let round = 0; round < options.rounds; round += 1) {
    const begun = performance.now();
    let calls = 0;
    while (performance.now() - begun < options.roundMs) {
      for (let i = 0; i < 50; i += 1) work();
      calls += 50;
    }
    rates.push((calls / (performance.now() - begun)) * 1000);
  }
  return median(rates);
}

/** What the figures were measured on. */
export function machine(): string {
  const [first] = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  return `${cpus().length} × ${first?.model ?? 'unknown processor'}, ${memory}, Linux ${release().split('-')[0]}, Node ${process.version}${versions()}`;
}

/** The libraries that do the work, with their versions. */
function versions(): string {
  const names = ['zeromq', 'lmdb', 'msgpackr', 'minimatch'];
  const all = names.map((name) => {
    const text = readFileSync(new URL(`../../node_modules/${name}/package.json`, import.meta.url), 'utf8');
    return `, ${name} ${(JSON.parse(text) as { version: string }).version}`;
  });
  return all.join('');
}

export function show(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (value >= 1000) return Math.round(value).toLocaleString('en-US');
  return value >= 10 ? value.toFixed(1) : value.toFixed(3);
}

/** Rows as a table. */
export function table(rows: readonly Row[]): string {
  const lines = rows.map((row) => {
    const ratio = row.ratio === undefined ? '' : `${show(row.ratio)}×`;
    return `| ${row.measure} | ${show(row.value)} ${row.unit} | ${row.against ?? ''} | ${ratio} | ${row.note ?? ''} |`;
  });
  return ['| measure | value | against | ratio | note |', '|---|---:|---|---:|---|', ...lines].join('\n');
}

/** What must be reached and what was; what no row of the run speaks of was not run. */
export function goalTable(rows: readonly Row[]): string {
  const lines = Object.entries(goals).map(([id, text]) => {
    const judged = rows.flatMap((row) => (row.goal?.id === id ? [row.goal] : []));
    const worst = judged.find(({ met }) => !met) ?? judged[0];
    const verdict = worst === undefined ? 'not run' : worst.met ? 'pass' : 'short';
    return `| ${text} | ${judged.map(({ reached }) => reached).join('; ') || '–'} | ${verdict} |`;
  });
  return ['| must reach | reached | |', '|---|---|---|', ...lines].join('\n');
}
