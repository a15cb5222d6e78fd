import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { brine, Daemon, root } from '../support/brine.ts';
import { temporaryFolder } from '../support/temp.ts';

test('a failed job return becomes a remediation job, and the ids link them', async () => {
  using folder = temporaryFolder();
  const lost = `/tmp/brine-tour-${process.pid}.txt`;
  const config = join(folder.path, 'brine.yaml');
  writeFileSync(config, `id: web1\nport: 0\nenrol_port: 0\nreactors: ${join(root, 'reactors')}\n`);
  const flags = ['--config', config, '--data-dir', join(folder.path, 'd')];
  await using up = new Daemon(['up', '--json', ...flags]);
  const ready = await up.json((line) => line['ready'] === true);
  expect(up.lines[0]).toMatch(/^\{"ready":true,"data_dir":"/);
  expect(ready['data_dir']).toBe(join(folder.path, 'd'));

  try {
    const failed = await brine(['cmd', '*', 'file.read', lost, ...flags]);
    expect(failed.code).toBe(1);
    expect(failed.stdout).toContain('no such file');
    await up.line((line) => line.includes('file.write') && line.includes('/ret/'));
    expect(readFileSync(lost, 'utf8')).toContain('put this file back');

    const repaired = await brine(['cmd', '*', 'file.read', lost, ...flags]);
    expect(repaired.code).toBe(0);
  } finally {
    if (existsSync(lost)) rmSync(lost);
  }

  // From the failed return over the rule to the remediation job and back to its return.
  const events = up.lines.map((line) => JSON.parse(line) as Line);
  const failure = events.find(
    (line) => line.tag?.includes('/ret/web1') === true && line.data?.success === false,
  );
  const repair = events.find(
    (line) => line.tag?.endsWith('/new') === true && line.data?.fun === 'file.write',
  );
  const result = events.find((line) => line.tag === `salt/job/${repair?.data?.jid}/ret/web1`);
  expect(failure?.event).toBeDefined();
  expect(repair?.cause?.event).toBe(failure?.event);
  expect(result?.data?.success).toBe(true);
  expect(result?.depth).toBe(1);
});

interface Line {
  readonly event?: string;
  readonly tag?: string;
  readonly depth?: number;
  readonly cause?: { readonly event: string; readonly rule: string };
  readonly data?: { readonly jid?: string; readonly fun?: string; readonly success?: boolean };
}
