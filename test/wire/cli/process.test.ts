import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../support/temp.ts';
import { run } from './harness.ts';

const root = join(import.meta.dirname, '../../..');
const main = join(root, 'src/cli/main.ts');

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program; `whenPrinted` acts when its standard output has a text. */
async function brine(
  args: readonly string[],
  whenPrinted?: { text: string; act: (child: ReturnType<typeof spawn>) => void },
): Promise<Ended> {
  const child = spawn(process.execPath, ['--import', 'tsx', main, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: root,
    env: { ...process.env, NO_COLOR: '1' },
  });
  let stdout = '';
  let stderr = '';
  let acted = false;
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    if (!acted && whenPrinted !== undefined && stdout.includes(whenPrinted.text)) {
      acted = true;
      whenPrinted.act(child);
    }
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const [code] = (await once(child, 'close')) as [number | null];
  // The handle of a process that is gone goes a few turns later.
  while (process.getActiveResourcesInfo().includes('ProcessWrap'))
    await new Promise((resolve) => setImmediate(resolve));
  return { code, stdout, stderr };
}

describe('the program', () => {
  it('can be called by its name', () => {
    expect(readFileSync(main, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  it('ends with the exit code of its command', async () => {
    expect(await brine(['--version'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
    });
    const wrong = await brine(['cheque']);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('Did you mean check?')]);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'stops in good order on %s, and tells a newcomer what to type',
    async (signal) => {
      using folder = temporaryFolder();
      const config = join(folder.path, 'brine.yaml');
      writeFileSync(config, 'id: p1\nport: 0\nenrol_port: 0\nreactors: []\n');
      const ended = await brine(['up', '--config', config, '--data-dir', join(folder.path, 'd')], {
        text: 'p1 started',
        act: (child) => void child.kill(signal),
      });
      expect(ended.code).toBe(0);
      expect(ended.stdout).toMatch(
        /^Brine is ready: .*\n[\s\S]*In a second terminal:\n {2}export BRINE_CONFIG=.*\n.*cmd '\*' test\.ping/,
      );
      expect(ended.stderr).toBe('Stopping; Ctrl-C again ends at once.\n');
    },
  );

  it('stops in good order when nobody reads its output any more', async () => {
    using folder = temporaryFolder();
    const config = join(folder.path, 'brine.yaml');
    writeFileSync(config, 'id: p1\nport: 0\nenrol_port: 0\nreactors: []\n');
    const flags = ['--config', config, '--data-dir', join(folder.path, 'd')];
    const ended = await brine(['up', '--json', ...flags], {
      text: 'minion_start',
      act: (child) => {
        child.stdout?.destroy();
        // Each event is a line of output, and the first one that cannot be written tells.
        void run(['event', 'fire', 'a/b', ...flags]);
      },
    });
    expect(ended.code).toBe(0);
  });
});
