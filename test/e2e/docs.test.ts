import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Daemon, root } from '../support/brine.ts';
import { temporaryFolder } from '../support/temp.ts';

interface Block {
  readonly page: string;
  readonly line: number;
  readonly script: string;
}

/** Every `sh` block of a page. A block under `<!-- not run: why -->` needs what a test has not (another host, root). */
function blocks(page: string): Block[] {
  const lines = readFileSync(join(root, page), 'utf8').split('\n');
  const found: Block[] = [];
  for (let i = 0; i < lines.length; i += 1) {
    if (lines[i] !== '```sh') continue;
    const end = lines.indexOf('```', i);
    const skipped = lines.slice(Math.max(0, i - 2), i).some((line) => line.startsWith('<!-- not run:'));
    if (!skipped) found.push({ page, line: i + 1, script: lines.slice(i + 1, end).join('\n') });
    i = end;
  }
  return found;
}

const pages = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)].filter((page) =>
  page.endsWith('.md'),
);
const all = pages.flatMap(blocks).filter(({ script }) => !script.startsWith('npm ci'));

describe('the commands in the documentation', () => {
  const folder = temporaryFolder();
  let up: Daemon;

  beforeAll(async () => {
    const config = join(folder.path, 'brine.yaml');
    writeFileSync(config, `id: web1\nport: 0\nenrol_port: 0\nreactors: ${join(root, 'reactors')}\n`);
    up = new Daemon(['up', '--json', '--config', config, '--data-dir', join(folder.path, 'd')]);
    await up.json((line) => line['ready'] === true);
  });

  afterAll(async () => {
    await up[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  test('there are some', () => {
    expect(all.length).toBeGreaterThan(3);
  });

  test.each(all)('$page:$line', ({ script }) => {
    const node = process.env['BRINE_TEST_NODE'] ?? process.execPath;
    const npx = `npx() { shift; '${node}' '${join(root, 'dist/cli/main.js')}' "$@"; }`;
    const ran = spawnSync('bash', ['-c', `${npx}\n${script}`], {
      cwd: root,
      encoding: 'utf8',
      timeout: 60_000,
      env: { ...process.env, NO_COLOR: '1', BRINE_DATA_DIR: join(folder.path, 'd') },
    });
    expect(`${ran.stdout}${ran.stderr}`).not.toMatch(/unknown command|unknown option|(?<!\d )error: /);
    expect(ran.signal).toBe(null);
  });
});
