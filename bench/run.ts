import * as bus from './bus.ts';
import * as endToEnd from './end-to-end.ts';
import * as journal from './journal.ts';
import * as match from './match.ts';
import * as render from './render.ts';
import { machine, print } from './support/report.ts';

/**
 * Every benchmark in one run, so that its figures may be compared: `npm run bench`, or with `--quick` only
 * to see that all of them work.
 */
const options = { quick: process.argv.includes('--quick') };
console.log(`# Benchmarks\n\n${machine()}`);
print('Match', await match.run(options));
print('Render', render.run(options));
print('Bus', await bus.run(options));
print('Journal', await journal.run(options));
print('End to end', await endToEnd.run(options));
