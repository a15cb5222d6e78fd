import { about, compare, fastest } from './beside-salt.ts';
import { publish } from './support/publish.ts';
import { goalTable, machine, type Row, table } from './support/report.ts';

const releases = [fastest, '3007.15', '3008.3'];

/**
 * Brine's reactor beside Salt's alone: `node --import tsx bench/vs-salt.ts [--salt RELEASE | --all] [--quick]
 * [--publish]`. A release that is not installed is skipped by name.
 */
const args = process.argv.slice(2);
const quick = args.includes('--quick');
const named = args.includes('--salt') ? args[args.indexOf('--salt') + 1] : undefined;
const wanted = args.includes('--all') ? releases : [named ?? fastest];
console.log(`# Beside Salt\n\n${machine()}\n\n${about}`);
const rows: Row[] = [];
for (const release of wanted) rows.push(...(await compare(release, quick)));
if (rows.length > 0) console.log(`\n${table(rows)}`);
if (rows.some(({ goal }) => goal !== undefined)) {
  const lines = goalTable(rows).split('\n');
  console.log(`\n${lines.filter((line) => !line.endsWith('| not run |')).join('\n')}`);
  const date = new Date().toISOString().slice(0, 10);
  if (args.includes('--publish')) publish([{ title: 'Beside Salt', date, machine: machine(), about, rows }]);
}
