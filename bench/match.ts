import { Minimatch } from 'minimatch';
import { compileGlobs } from '../src/match/index.ts';

export interface MatchBenchOptions {
  /** Few and short runs, to see that it works. */
  readonly quick: boolean;
}

/** Medians, in events a second. */
export interface MatchBenchRow {
  readonly globs: number;
  readonly events: 'hits' | 'misses';
  readonly brine: number;
  /** One precompiled expression for each rule, tried in turn. */
  readonly regexps: number;
  /** minimatch alone, one compiled pattern for each rule, tried in turn. */
  readonly minimatch: number;
  readonly buildMs: number;
}

/** A mix as it is found in reactor files: most watch one minion, one application or one exact tag. */
function globOf(i: number): string {
  const shapes = [
    `salt/job/*/ret/web${i}.*`,
    `acme/app${i}/*`,
    `*/error/${i}`,
    `salt/beacon/db${i}/diskusage/*`,
    `acme/exact/${i}`,
    `salt/minion/h${i}/start`,
  ];
  return shapes[i % shapes.length] ?? '';
}

/** A tag that exactly one glob watches. */
function hitOf(i: number, globs: number): string {
  const n = (i * 7919) % globs;
  const jid = 20_240_203_100_010_000_000n + BigInt(i);
  return globOf(n)
    .replace('salt/job/*', `salt/job/${jid}`)
    .replace('*/error', `host${i}/error`)
    .replaceAll('*', `x${i}`);
}

function missOf(i: number): string {
  const jid = 20_240_203_100_010_000_000n + BigInt(i);
  return i % 2 === 0 ? `salt/job/${jid}/new` : `salt/run/${jid}/ret`;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** Events a second of `match`, over runs of about `runMs`. */
function measure(
  tags: readonly string[],
  runs: number,
  runMs: number,
  match: (tag: string) => number,
): number {
  const speeds: number[] = [];
  let found = 0;
  for (let run = 0; run <= runs; run += 1) {
    const start = performance.now();
    let events = 0;
    let took = 0;
    while (took < runMs) {
      for (let i = 0; i < 16; i += 1) found += match(tags[(events + i) % tags.length] ?? '');
      events += 16;
      took = performance.now() - start;
    }
    // The first run warms up.
    if (run > 0) speeds.push((events / took) * 1000);
  }
  if (!Number.isFinite(found)) throw new Error('unreachable');
  return median(speeds);
}

/** What a rule's glob is without an index: one expression that crosses `/`. */
function regexpOf(glob: string): RegExp {
  const source = glob.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'));
  return new RegExp(`^${source.join('[^]*')}$`);
}

export async function run(options: MatchBenchOptions): Promise<MatchBenchRow[]> {
  const runs = options.quick ? 1 : 5;
  const runMs = options.quick ? 20 : 300;
  const rows: MatchBenchRow[] = [];
  for (const globs of options.quick ? [10, 1_000] : [10, 10_000, 100_000]) {
    const all = Array.from({ length: globs }, (_, i) => globOf(i));
    const before = performance.now();
    const matcher = compileGlobs(all);
    const buildMs = performance.now() - before;
    const regexps = all.map(regexpOf);
    // minimatch's `*` stops at `/`; comparing speed, not meaning.
    const patterns = all.map((glob) => new Minimatch(glob, { nobrace: true, noext: true, nocomment: true }));
    for (const events of ['hits', 'misses'] as const) {
      // Tags are made whole before, as a decoder makes them.
      const tags = Array.from({ length: 2_000 }, (_, i) =>
        Buffer.from(events === 'hits' ? hitOf(i, globs) : missOf(i)).toString('latin1'),
      );
      rows.push({
        globs,
        events,
        buildMs,
        brine: measure(tags, runs, runMs, (tag) => matcher.match(tag).length),
        regexps: measure(tags, runs, runMs, (tag) => regexps.filter((regexp) => regexp.test(tag)).length),
        minimatch: measure(tags, runs, runMs, (tag) => patterns.filter((each) => each.match(tag)).length),
      });
    }
  }
  report(rows);
  return rows;
}

function report(rows: readonly MatchBenchRow[]): void {
  const number = (value: number): string => Math.round(value).toLocaleString('en').padStart(12);
  console.log('match: events a second (medians)');
  console.log(
    '   globs  events         brine    one regexp   minimatch     x regexp  x minimatch   index built',
  );
  for (const row of rows) {
    const ratio = (other: number): string => (row.brine / other).toFixed(1).padStart(12);
    console.log(
      `${String(row.globs).padStart(8)}  ${row.events.padEnd(6)}${number(row.brine)}  ${number(row.regexps)}${number(row.minimatch)}` +
        ` ${ratio(row.regexps)} ${ratio(row.minimatch)} ${row.buildMs.toFixed(0).padStart(10)} ms`,
    );
  }
}

if (
  process.argv[1] !== undefined &&
  import.meta.url.endsWith('bench/match.ts') &&
  process.argv[1].endsWith('match.ts')
)
  await run({ quick: process.argv.includes('--quick') });
