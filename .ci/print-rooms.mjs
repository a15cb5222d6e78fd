// Writes the table of rooms into docs/ARCHITECTURE.md; with --check it only says whether the page is fresh.
import { readFileSync, writeFileSync } from 'node:fs';
import { packages, purposes, rooms } from './rooms.mjs';

const page = new URL('../docs/ARCHITECTURE.md', import.meta.url);
const rows = Object.entries(rooms).map(([room, known]) => {
  const own = Object.keys(packages).filter((name) => packages[name].includes(room));
  const knows = known.length === 0 ? '–' : room === 'cli' ? 'all' : known.join(', ');
  return `| \`${room}\` | ${purposes[room]} | ${knows} | ${own.join(', ') || '–'} |`;
});
const table = ['| room | for | knows | packages |', '|---|---|---|---|', ...rows].join('\n');
const before = readFileSync(page, 'utf8');
const after = before.replace(/(<!-- rooms:.*-->\n)[\s\S]*(<!-- \/rooms -->)/, `$1\n${table}\n\n$2`);
if (process.argv.includes('--check')) {
  if (before !== after) {
    console.error('docs/ARCHITECTURE.md: the table of rooms is stale; run node .ci/print-rooms.mjs');
    process.exit(1);
  }
} else writeFileSync(page, after);
