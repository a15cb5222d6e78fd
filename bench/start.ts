import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inFolder } from './support/folder.ts';
import { type BenchOptions, medianOf, type Row } from './support/report.ts';
import { Roles } from './support/roles.ts';
import { typicalSls } from './support/sls.ts';

/** How long a reactor takes from the start of its process until it follows its bus, with many SLS files. */
export function run({ quick }: BenchOptions): Promise<Row[]> {
  const count = quick ? 20 : 1000;
  return inFolder(async (folder) => {
    const reactors = join(folder, 'reactors');
    mkdirSync(reactors);
    const lines = Array.from({ length: count }, (_, i) => {
      const file = join(folder, `react${i}.sls`);
      writeFileSync(file, typicalSls.replaceAll('highstate_run', `run${i}`));
      return `  - acme/app${i}/*:\n    - ${file}\n`;
    });
    writeFileSync(join(reactors, 'map.yaml'), `reactor:\n${lines.join('')}`);
    await using roles = new Roles(folder, reactors);
    await roles.start('master');
    const ready = await medianOf(quick ? 1 : 3, async () => {
      const begun = performance.now();
      const child = await roles.start('reactor');
      const tookMs = performance.now() - begun;
      await roles.stop(child);
      return tookMs;
    });
    return [{ measure: `reactor ready, ${count} SLS files`, value: ready, unit: 'ms', note: 'from exec' }];
  });
}
