import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { root } from '../support/brine.ts';

const script = fileURLToPath(new URL('soak.ts', import.meta.url));
const run = promisify(execFile);

/**
 * The short form of the soak. In so short a time the slope of an hour cannot be told; what is told is that nothing
 * is kept of each event, batch, job, key or reader. Compiled code still grows a little.
 */
test('churned ids, keys, jobs and readers leave nothing in memory', async () => {
  const flags = ['--minutes', '0.5', '--rate', '700', '--warm-up-jobs', '15000', '--json'];
  const args = ['--expose-gc', '--import', 'tsx', script, ...flags];
  const { stdout } = await run(process.execPath, args, { cwd: root, timeout: 170_000 });
  const result = JSON.parse(stdout) as Record<string, number>;
  expect(result['events']).toBeGreaterThan(3000);
  expect(result['keys']).toBeGreaterThan(20);
  expect(result['grown_mb']).toBeLessThan(3);
}, 180_000);
