import { Minimatch } from 'minimatch';
import { compileGlobs, type Matcher } from '../src/match/index.ts';
import { type BenchOptions, goal, median, type Row } from './support/report.ts';
import { type Shape, shapes, tagsThatHit, tagsThatMiss } from './support/tags.ts';

export const about =
  'Tags as a decoder makes them, 64 at a time, each a different one (a job id differs in each) unless the row says ' +
  'repeated; the rules that they hit are drawn at random from all. The globs are a mix of all shapes, then one shape ' +
  'each. A cost is the median over the batches of all rounds; sizes take turns.';

const batch = 64;

type Kind = 'hits' | 'misses' | 'hits, repeated tags';

/** What matching one tag costs with few and many rules, in nanoseconds. */
export async function run({ quick }: BenchOptions): Promise<Row[]> {
  const sizes = quick ? [10, 1000] : [10, 10_000, 100_000];
  const batches = quick ? 20 : 400;
  const rounds = quick ? 2 : 9;
  const rows = mixRows(sizes, batches, rounds, quick);
  for (const shape of shapes) rows.push(...shapeRows(shape, sizes, batches, quick ? 2 : 5));
  return rows;
}

function mixRows(sizes: readonly number[], batches: number, rounds: number, quick: boolean): Row[] {
  const matchers = sizes.map((size) => built(globsOf(shapes, size)));
  const rows: Row[] = [];
  for (const kind of ['hits', 'misses', 'hits, repeated tags'] as const) {
    const costs = costsOf(kind, shapes, sizes, matchers, { batches, rounds });
    sizes.forEach((size, i) => rows.push(...mixRow(kind, size, costs[i] ?? 0, costs[0] ?? 0, matchers[i])));
  }
  rows.push(...sizes.flatMap((size) => besideEveryRule(size, quick)));
  return rows;
}

interface Built {
  readonly matcher: Matcher;
  readonly tookMs: number;
}

function mixRow(kind: Kind, size: number, cost: number, base: number, one: Built | undefined): Row[] {
  const factor = cost / base;
  const note = `${show(1e9 / cost)} events/s; index built in ${Math.round(one?.tookMs ?? 0)} ms`;
  const row: Row = { measure: `${show(size)} rules, ${kind}`, value: cost, unit: 'ns', note };
  if (size === 10) return [row];
  const compared = { ...row, against: '10 rules', ratio: factor };
  const limit = size === 10_000 ? 2 : 3;
  const id = size === 10_000 ? 'match-10k' : 'match-100k';
  const reached = `${kind} ${factor.toFixed(2)}×`;
  return size === 1000 ? [compared] : [{ ...compared, goal: goal(id, factor <= limit, reached) }];
}

function shapeRows(shape: Shape, sizes: readonly number[], batches: number, rounds: number): Row[] {
  const matchers = sizes.map((size) => built(globsOf([shape], size)));
  const costs = costsOf('hits', [shape], sizes, matchers, { batches, rounds });
  const most = sizes.length - 1;
  const shown = costs.map((cost) => cost.toFixed(0)).join(' / ');
  return [
    {
      measure: `\`${shape.glob('N')}\`, ${sizes.map(show).join(' / ')} rules`,
      value: costs[most] ?? 0,
      unit: 'ns',
      against: '10 rules',
      ratio: (costs[most] ?? 0) / (costs[0] ?? 1),
      note: `${shown} ns, hits`,
    },
  ];
}

/** Nanoseconds for each tag at each size. */
function costsOf(
  kind: Kind,
  from: readonly Shape[],
  sizes: readonly number[],
  matchers: readonly Built[],
  { batches, rounds }: { batches: number; rounds: number },
): number[] {
  const times = sizes.map((): number[] => []);
  const sources = sizes.map((size) => (kind === 'misses' ? tagsThatMiss() : tagsThatHit(from, size)));
  const repeated = sources.map((next) => Array.from({ length: batch }, next));
  for (let round = 0; round < rounds; round += 1)
    sizes.forEach((_, i) => {
      for (let n = 0; n < batches; n += 1) {
        const next = sources[i] ?? tagsThatMiss();
        const tags =
          kind === 'hits, repeated tags' ? (repeated[i] ?? []) : Array.from({ length: batch }, next);
        const begun = performance.now();
        let found = 0;
        for (const tag of tags) found += matchers[i]?.matcher.match(tag).length ?? 0;
        const tookNs = (performance.now() - begun) * 1e6;
        if (kind === 'misses' ? found > 0 : found < batch) throw new Error(`${found} of ${batch} ${kind}`);
        // The first round compiles.
        if (round > 0) times[i]?.push(tookNs / batch);
      }
    });
  return times.map(median);
}

function globsOf(from: readonly Shape[], size: number): string[] {
  return Array.from({ length: size }, (_, i) => from[i % from.length]?.glob(i) ?? '');
}

function built(globs: readonly string[]): Built {
  const begun = performance.now();
  const matcher = compileGlobs(globs);
  return { matcher, tookMs: performance.now() - begun };
}

/** Trying every rule in turn: one expression that crosses `/` for each, and minimatch alone. */
function besideEveryRule(size: number, quick: boolean): Row[] {
  const globs = globsOf(shapes, size);
  const { matcher } = built(globs);
  const expressions = globs.map(expressionOf);
  // Only speed is compared: minimatch's `*` stops at `/`.
  const patterns = globs.map((glob) => new Minimatch(glob, { nobrace: true, noext: true, nocomment: true }));
  const next = tagsThatHit(shapes, size);
  const tags = Array.from({ length: 2000 }, next);
  const slow = size > 100 ? (quick ? 3 : 30) : tags.length;
  const brine = costOf(tags, quick ? 3 : 30, (tag) => matcher.match(tag).length);
  const passes = quick || size > 100 ? 3 : 30;
  const alone = costOf(
    tags.slice(0, slow),
    passes,
    (tag) => expressions.filter((each) => each.test(tag)).length,
  );
  const mini = costOf(
    tags.slice(0, slow),
    passes,
    (tag) => patterns.filter((each) => each.match(tag)).length,
  );
  const one = { value: 1e9 / brine, unit: 'events/s' };
  return [
    {
      ...one,
      measure: `${show(size)} rules, hits`,
      against: 'one RegExp for each rule',
      ratio: alone / brine,
    },
    { ...one, measure: `${show(size)} rules, hits`, against: 'minimatch alone', ratio: mini / brine },
  ];
}

function expressionOf(glob: string): RegExp {
  const parts = glob.split(/(\*|\?|\[[^\]]*\])/).map((part) => {
    if (part === '*') return '[^]*';
    if (part === '?') return '[^]';
    return /^\[.*\]$/.test(part) ? part.replace('[!', '[^') : part.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`);
}

/** Nanoseconds for each tag, the best of several passes: nothing here depends on what was before. */
function costOf(tags: readonly string[], count: number, match: (tag: string) => number): number {
  let found = 0;
  const passes = Array.from({ length: count }, () => {
    const begun = performance.now();
    for (const tag of tags) found += match(tag);
    return ((performance.now() - begun) * 1e6) / tags.length;
  });
  if (found < 0) throw new Error('a negative number of rules');
  return Math.min(...passes);
}

function show(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
