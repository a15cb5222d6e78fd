import { cpus, release, totalmem } from 'node:os';

export interface BenchOptions {
  /** Small numbers, to see that the benchmark runs; its figures mean nothing. */
  readonly quick: boolean;
}

export interface Row {
  readonly measure: string;
  readonly value: number;
  readonly unit: string;
  /** What it is compared with, in the same run. */
  readonly against?: string;
  readonly ratio?: number;
  readonly note?: string;
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
  return `${cpus().length} × ${first?.model ?? 'unknown processor'}, ${memory}, Linux ${release().split('-')[0]}, Node ${process.version}`;
}

export function show(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (value >= 1000) return Math.round(value).toLocaleString('en-US');
  return value >= 10 ? value.toFixed(1) : value.toFixed(3);
}

export function print(title: string, rows: readonly Row[]): void {
  console.log(`\n## ${title}\n`);
  console.log('| measure | value | against | ratio | note |');
  console.log('|---|---:|---|---:|---|');
  for (const row of rows) {
    const ratio = row.ratio === undefined ? '' : `${show(row.ratio)}×`;
    console.log(
      `| ${row.measure} | ${show(row.value)} ${row.unit} | ${row.against ?? ''} | ${ratio} | ${row.note ?? ''} |`,
    );
  }
}
