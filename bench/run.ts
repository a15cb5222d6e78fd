import * as besideSalt from './beside-salt.ts';
import * as bus from './bus.ts';
import * as decide from './decide.ts';
import * as endToEnd from './end-to-end.ts';
import * as filled from './filled.ts';
import * as httpReaders from './http-readers.ts';
import * as journal from './journal.ts';
import * as match from './match.ts';
import * as render from './render.ts';
import * as soak from './soak.ts';
import * as start from './start.ts';
import type { Section } from './support/page.ts';
import { publish, published, type Title } from './support/publish.ts';
import { type Benchmark, type BenchOptions, goalTable, machine, type Row, table } from './support/report.ts';
import * as unmatched from './unmatched.ts';

const benchmarks: readonly (readonly [Title, Pick<Benchmark, 'run'> & Partial<Benchmark>])[] = [
  ['Match', match],
  ['Render', render],
  ['Decide', decide],
  ['Journal', journal],
  ['Bus', bus],
  ['Unmatched events', unmatched],
  ['End to end', endToEnd],
  ['Filled journal', filled],
  ['HTTP readers', httpReaders],
  ['Start', start],
  ['Soak', soak],
  ['Beside Salt', besideSalt],
];

/**
 * Every benchmark in one run, so that its figures may be compared: `npm run bench`, with `--quick` only to see
 * that all of them work, or with the names of some of them. `--soak MINUTES` adds the soak, `--publish` writes
 * docs/performance.md. `bench/vs-salt.ts` compares with other lines of Salt.
 */
const args = process.argv.slice(2);
const soakAt = args.indexOf('--soak');
const soakMinutes = soakAt < 0 ? undefined : Number(args.splice(soakAt, 2)[1]);
const options: BenchOptions = {
  quick: args.includes('--quick'),
  ...(soakMinutes === undefined ? {} : { soakMinutes }),
};
const wanted = args.filter((arg) => !arg.startsWith('--'));
const names = benchmarks.map(([title]) => nameOf(title));
const unknown = wanted.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}. There are ${names.join(', ')}.`);
  process.exit(2);
}
console.log(`# Benchmarks\n\n${machine()}`);
if (options.quick)
  console.log('\nQuick: small numbers, to see that everything runs. The figures mean nothing.');
const sections: Section[] = [];
for (const [title, { run, about = '' }] of benchmarks) {
  if (wanted.length > 0 && !wanted.includes(nameOf(title))) continue;
  const rows = await run(options);
  if (rows.length === 0) continue;
  console.log(`\n## ${title}\n\n${about}\n\n${table(rows)}`);
  const date = new Date().toISOString().slice(0, 10);
  sections.push({ title, date, machine: machine(), about, rows });
}
console.log(`\n## What it must reach\n\n${goalTable(sections.flatMap(({ rows }) => rows))}`);
for (const { title, date, rows } of published())
  if (!sections.some((each) => each.title === title) && rows.some((row: Row) => row.goal !== undefined))
    console.log(
      `\nLast published, ${date}, ${title}:\n\n${table(rows.filter((row) => row.goal !== undefined))}`,
    );
if (args.includes('--publish') && !options.quick) publish(sections);

function nameOf(title: Title): string {
  return title.toLowerCase().replaceAll(' ', '-');
}
