import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSettings } from '../../../src/config/index.ts';
import { silentTelemetry, type TraceEvent } from '../../../src/core/index.ts';
import { createMaster, type Master } from '../../../src/master/index.ts';
import { createMinion, type Minion } from '../../../src/minion/index.ts';
import { systemClock, systemIds } from '../../../src/system/index.ts';
import { temporaryFolder } from '../../support/temp.ts';

const root = join(import.meta.dirname, '../../..');
const page = readFileSync(join(root, 'docs/library.md'), 'utf8');
const examples = [...page.matchAll(/^```js\n([\s\S]*?)^```$/gm)].map(([, code = ''], i) => ({
  number: i + 1,
  code,
}));

/** What examples say that they print, in comments behind `console.log(…);`. */
const printed: readonly RegExp[] = [
  /^nginx$/m,
  /^2 1$/m,
  /^acme\/step\/2 2$/m,
  /minion1: true/,
  /\[ 'minion1' \]/,
  /a: 1/,
  /master\.ipc/,
  /No master listens/,
];

describe('the examples of docs/library.md', () => {
  const folder = temporaryFolder();
  const config = join(folder.path, 'brine.yaml');
  const dataDir = join(folder.path, 'd');
  let master: Master;
  let minion: Minion;

  beforeAll(async () => {
    writeFileSync(config, 'id: minion1\nport: 0\nenrol_port: 0\n');
    const loaded = loadSettings({ file: config, dataDir, env: {}, cwd: folder.path });
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
    let attached: () => void = () => undefined;
    const ready = new Promise<void>((resolve) => {
      attached = resolve;
    });
    const telemetry = { emit: (event: TraceEvent) => event.kind === 'minion.connected' && attached() };
    const deps = { clock: systemClock, ids: systemIds(systemClock) };
    master = createMaster(loaded.settings, { ...deps, telemetry });
    minion = createMinion(loaded.settings, { ...deps, telemetry: silentTelemetry });
    await master.start();
    await minion.start();
    await ready;
  });

  afterAll(async () => {
    await minion.stop();
    await master.stop();
    folder[Symbol.dispose]();
  });

  it('are all looked at', () => {
    expect(examples.length).toBe(printed.length);
  });

  it.each(examples)('number $number runs', async ({ number, code }) => {
    const script = join(folder.path, `example-${number}.mjs`);
    const source = join(root, 'src/index.ts');
    writeFileSync(script, code.replaceAll("from 'brine'", `from ${JSON.stringify(source)}`));
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--import', join(root, 'node_modules/tsx/dist/loader.mjs'), script],
      { cwd: folder.path, env: { ...process.env, BRINE_CONFIG: config, BRINE_DATA_DIR: dataDir } },
    );
    expect(stdout).toMatch(printed[number - 1] ?? /never/);
  });
});
