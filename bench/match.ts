import { Minimatch } from 'minimatch';
import { compileGlobs } from '../src/match/index.ts';
import { type BenchOptions, type Row, rate } from './support/report.ts';

/** A mix as reactor files have it: most globs watch one minion, one application or one exact tag. */
const shapes: readonly ((i: number) => string)[] = [
  (i) => `salt/job/*/ret/web${i}.*`,
  (i) => `acme/app${i}/*`,
  (i) => `*/error/${i}`,
  (i) => `salt/beacon/db${i}/diskusage/*`,
  (i) => `acme/exact/${i}`,
  (i) => `salt/minion/h${i}/start`,
];

function globOf(i: number): string {
  return shapes[i % shapes.length]?.(i) ?? '';
}

function jidOf(i: number): string {
  return String(20_240_203_100_010_000_000n + BigInt(i));
}

/** A tag that one of the globs watches, a different one each time. */
function hitOf(i: number, globs: number): string {
  const glob = globOf((i * 7919) % globs);
  return glob.replace('job/*', `job/${jidOf(i)}`).replaceAll('*', `x${i}`);
}

function missOf(i: number): string {
  return i % 2 === 0 ? `salt/job/${jidOf(i)}/new` : `salt/run/${jidOf(i)}/ret`;
}

/** What a rule costs without an index: an expression of its own that crosses `/`. */
function regexpOf(glob: string): RegExp {
  const parts = glob.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^]*')}$`);
}

/** Events matched a second with few and many rules, hits and misses, beside trying every rule in turn. */
export async function run(options: BenchOptions): Promise<Row[]> {
  const sizes = options.quick ? [10, 1_000] : [10, 10_000, 100_000];
  return sizes.flatMap((globs) => measure(globs, options));
}

function measure(size: number, { quick }: BenchOptions): Row[] {
  const globs = Array.from({ length: size }, (_, i) => globOf(i));
  const begun = performance.now();
  const matcher = compileGlobs(globs);
  const buildMs = performance.now() - begun;
  const regexps = globs.map(regexpOf);
  // Only speed is compared: minimatch's `*` stops at `/`.
  const patterns = globs.map((glob) => new Minimatch(glob, { nobrace: true, noext: true, nocomment: true }));
  const rows: Row[] = [];
  for (const [events, tagOf] of [
    ['hits', (i: number) => hitOf(i, size)],
    ['misses', missOf],
  ] as const) {
    // Whole strings, as a decoder makes them.
    const tags = Array.from({ length: 2_000 }, (_, i) => Buffer.from(tagOf(i)).toString('latin1'));
    const speed = (match: (tag: string) => number, slow: boolean): number =>
      speedOf(match, tags, { quick, slow });
    const many = size > 100;
    const brine = speed((tag) => matcher.match(tag).length, false);
    const one = { measure: `${size} globs, ${events}`, value: brine, unit: 'events/s' };
    const alone = speed((tag) => regexps.filter((regexp) => regexp.test(tag)).length, many);
    const miniAlone = speed((tag) => patterns.filter((pattern) => pattern.match(tag)).length, many);
    rows.push(
      {
        ...one,
        against: 'one RegExp per rule',
        ratio: brine / alone,
        note: `index built in ${Math.round(buildMs)} ms`,
      },
      { ...one, against: 'minimatch alone', ratio: brine / miniAlone },
    );
  }
  return rows;
}

function speedOf(
  match: (tag: string) => number,
  tags: readonly string[],
  { quick, slow }: { quick: boolean; slow: boolean },
): number {
  let next = 0;
  let found = 0;
  const work = (): void => {
    found += match(tags[next] ?? '');
    next = (next + 1) % tags.length;
  };
  const speed = slow
    ? slowSpeed(work, quick ? 3 : 30)
    : rate(work, { rounds: quick ? 2 : 7, roundMs: quick ? 10 : 200 });
  if (found < 0) throw new Error('a negative number of rules');
  return speed;
}

/** Trying every one of many rules takes milliseconds for each event; a few of them are enough. */
function slowSpeed(work: () => void, calls: number): number {
  for (let i = 0; i < 3; i += 1) work();
  const begun = performance.now();
  for (let i = 0; i < calls; i += 1) work();
  return (calls / (performance.now() - begun)) * 1000;
}
