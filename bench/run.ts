import * as bus from './bus.ts';
import * as decide from './decide.ts';
import * as endToEnd from './end-to-end.ts';
import * as journal from './journal.ts';
import * as match from './match.ts';
import * as render from './render.ts';
import * as start from './start.ts';
import { machine, print } from './support/report.ts';

const benchmarks = [
  ['Match', match],
  ['Render', render],
  ['Decide', decide],
  ['Journal', journal],
  ['Bus', bus],
  ['End to end', endToEnd],
  ['Start', start],
] as const;

/**
 * Every benchmark in one run, so that its figures may be compared: `npm run bench`, with `--quick` only to see
 * that all of them work, or with the names of some of them.
 */
const args = process.argv.slice(2);
const options = { quick: args.includes('--quick') };
const wanted = args.filter((arg) => !arg.startsWith('--'));
console.log(`# Benchmarks\n\n${machine()}`);
for (const [title, { run }] of benchmarks) {
  const name = title.toLowerCase().replaceAll(' ', '-');
  if (wanted.length === 0 || wanted.includes(name)) print(title, await run(options));
}
