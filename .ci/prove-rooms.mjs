// Proves that the import rules bite: plants one wrong import after the other in a copy of the rooms and
// asks the linter about each. A rule that lets its wrong import pass fails the run, and so does a rule
// that refuses a right one.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packages, pureRooms, rooms } from './rooms.mjs';

const names = Object.keys(rooms);
const root = mkdtempSync(join(tmpdir(), 'rooms-'));
const cases = [];

for (const room of names) {
  for (const other of names) {
    if (other === room) continue;
    const allowed = rooms[room].includes(other);
    plant(room, `../${other}/index.ts`, allowed);
    plant(room, `../../${other}/index.ts`, allowed, 'inner');
    plant(room, `../${other}/secret.ts`, false);
  }
  for (const [name, users] of Object.entries(packages)) plant(room, name, users.includes(room));
  plant(room, 'node:fs', !pureRooms.includes(room));
}
for (const room of pureRooms) {
  for (const code of ['Date.now()', 'Math.random()', 'setTimeout(() => {}, 1)', 'process.env']) {
    plantCode(room, `export const x: unknown = ${code};\n`, code, false);
  }
}

/** One file whose only import is `specifier`. */
function plant(room, specifier, right, inner = '') {
  plantCode(room, `import * as x from '${specifier}';\nexport const y: unknown = x;\n`, specifier, right, inner);
}

function plantCode(room, code, what, right, inner = '') {
  const folder = join(root, 'src', room, inner);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `case-${cases.length}.ts`);
  writeFileSync(file, code);
  cases.push({ file, room, what, right });
}

for (const name of ['oxlint.config.mjs', 'rooms.mjs']) copyFileSync(join(import.meta.dirname, name), join(root, name));
const oxlint = join(import.meta.dirname, '..', 'node_modules', '.bin', 'oxlint');
const run = spawnSync(oxlint, ['-c', 'oxlint.config.mjs', '--format', 'json', 'src'], {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: 1 << 28,
});
const refused = new Set();
for (const { filename, code } of JSON.parse(run.stdout).diagnostics) {
  if (/no-restricted-(imports|globals|properties)/.test(code)) refused.add(join(root, filename));
}
const wrong = cases.filter(({ file, right }) => refused.has(file) === right);
for (const { room, what, right } of wrong) {
  console.error(`${room} → ${what}: ${right ? 'is allowed but was refused' : 'is forbidden but passed'}`);
}
rmSync(root, { recursive: true, force: true });

const src = join(import.meta.dirname, '..', 'src');
const unknown = readdirSync(src, { withFileTypes: true }).filter((entry) => entry.isDirectory() && !(entry.name in rooms));
for (const { name } of unknown) console.error(`src/${name} is not in .ci/rooms.mjs`);
const doorless = names.filter((name) => name !== 'cli' && existsSync(join(src, name)) && !existsSync(join(src, name, 'index.ts')));
for (const name of doorless) console.error(`src/${name} has no index.ts`);

const bad = wrong.length + unknown.length + doorless.length;
console.log(`rooms: ${cases.length - wrong.length} of ${cases.length} planted imports judged right`);
process.exit(bad === 0 && cases.length > 500 ? 0 : 1);
