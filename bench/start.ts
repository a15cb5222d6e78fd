import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inFolder } from './support/folder.ts';
import { type BenchOptions, goal, medianOf, type Row } from './support/report.ts';
import { Roles } from './support/roles.ts';
import { typicalSls } from './support/sls.ts';

export const about =
  'From the start of the reactor process until it says that it follows its bus: once with a map of as many SLS files, ' +
  'each watched by a glob of its own, once with as many native rules, of which each has a condition and one action.';

/** How long a reactor takes to be ready. */
export async function run({ quick }: BenchOptions): Promise<Row[]> {
  const rounds = quick ? 1 : 3;
  const files = quick ? 20 : 1000;
  const rules = quick ? 100 : 10_000;
  const withFiles = await readyMs(rounds, (folder) => writeSlsFiles(folder, files));
  const withRules = await readyMs(rounds, (folder) => writeNativeRules(folder, rules));
  const reached = `${withFiles.toFixed(0)} ms`;
  return [
    {
      measure: `reactor ready, ${files.toLocaleString('en-US')} SLS files`,
      value: withFiles,
      unit: 'ms',
      note: 'from exec',
      ...(quick ? {} : { goal: goal('start', withFiles < 1000, reached) }),
    },
    {
      measure: `reactor ready, ${rules.toLocaleString('en-US')} native rules`,
      value: withRules,
      unit: 'ms',
      note: 'from exec',
    },
  ];
}

function readyMs(rounds: number, write: (folder: string) => string): Promise<number> {
  return inFolder(async (folder) => {
    await using roles = new Roles(folder, write(folder));
    await roles.start('master');
    return await medianOf(rounds, async () => {
      const begun = performance.now();
      const child = await roles.start('reactor');
      const tookMs = performance.now() - begun;
      await roles.stop(child);
      return tookMs;
    });
  });
}

function writeSlsFiles(folder: string, count: number): string {
  const reactors = join(folder, 'reactors');
  mkdirSync(reactors);
  const lines = Array.from({ length: count }, (_, i) => {
    const file = join(folder, `react${i}.sls`);
    writeFileSync(file, typicalSls.replaceAll('highstate_run', `run${i}`));
    return `  - acme/app${i}/*:\n    - ${file}\n`;
  });
  writeFileSync(join(reactors, 'map.yaml'), `reactor:\n${lines.join('')}`);
  return reactors;
}

/** Several files, as people keep them, because a file has a limit. */
function writeNativeRules(folder: string, count: number): string {
  const reactors = join(folder, 'reactors');
  mkdirSync(reactors);
  for (let first = 0; first < count; first += 500) {
    const rules = Array.from({ length: Math.min(500, count - first) }, (_, i) => {
      const n = first + i;
      const action = `local.service.restart: {tgt: '{{ data.id }}', args: [app${n}]}`;
      return `  rule${n}:\n    on: acme/app${n}/*\n    if: data.state == 'down'\n    do:\n      - ${action}\n`;
    });
    writeFileSync(join(reactors, `rules${first}.yaml`), `rules:\n${rules.join('')}`);
  }
  return reactors;
}
