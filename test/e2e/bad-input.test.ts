import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { brine, Daemon, eventually } from '../support/brine.ts';
import { temporaryFolder } from '../support/temp.ts';

const broken = `rules:
  restart:
    onn: salt/*
    on: salt/job/*
    if: data.fun ==
    do:
      - local.servce.restart: {tgt: '{{ data.id }}', args: [nginx]}
      - lokal.test.ping: {tgt: web1}
  colour:
    on: [1, 2]
    do: nothing
reactor:
  - 'my/tag': missing.sls
`;

describe('what is wrong is said, with its place and a suggestion, and nothing is lost', () => {
  const folder = temporaryFolder();
  const config = join(folder.path, 'brine.yaml');
  const rules = join(folder.path, 'reactors', 'rules.yaml');
  const flags = ['--config', config, '--data-dir', join(folder.path, 'd')];
  let up: Daemon;

  beforeAll(async () => {
    mkdirSync(join(folder.path, 'reactors'));
    writeFileSync(rules, good('first'));
    writeFileSync(config, 'id: here\nport: 0\nenrol_port: 0\nreactors: reactors\n');
    up = new Daemon(['up', '--json', ...flags]);
    await up.json((line) => line['ready'] === true);
  });

  afterAll(async () => {
    await up[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  function good(name: string): string {
    return `rules:\n  ${name}:\n    on: try/*\n    do:\n      - event.send: {tag: 'done/${name}/{{ data.n }}', data: {}}\n`;
  }

  test('check shows every problem of a file at once', async () => {
    const file = join(folder.path, 'broken.yaml');
    writeFileSync(file, broken);
    const check = await brine(['check', file, ...flags]);
    expect(check.code).toBe(2);
    const text = check.stdout + check.stderr;
    expect(text).toMatch(/broken\.yaml:3:5: error: .*onn/);
    expect(text).toContain('did you mean');
    expect(text).toMatch(/broken\.yaml:5:\d+: error/);
    expect(text).toMatch(/broken\.yaml:8:\d+: error: .*lokal/);
    expect(text).toMatch(/broken\.yaml:10:\d+: error/);
    expect(text).toMatch(/broken\.yaml:11:\d+: error/);
    expect(text).toMatch(/broken\.yaml:13:\d+: error: .*missing\.sls/);
    expect(text).toMatch(/^ *\d+ \| .*\n *\| +\^$/m);
  });

  test('a bad file never stops the reactor: the last good rules stay, and a mended file is taken', async () => {
    await fires('first', 1);
    writeFileSync(rules, broken);
    up.child.kill('SIGHUP');
    await up.line(/"kind":"rules\.refused"|last good/);
    await fires('first', 2);
    writeFileSync(rules, good('second'));
    up.child.kill('SIGHUP');
    await eventually(async () => {
      const { stdout } = await brine(['match', 'try/3', ...flags]);
      return stdout.includes('second') ? true : undefined;
    }, 'the mended file');
    await fires('second', 3);
  });

  async function fires(name: string, n: number): Promise<void> {
    expect((await brine(['event', 'fire', `try/${n}`, `{"n": ${n}}`, ...flags])).code).toBe(0);
    await up.line((line) => line.includes(`"done/${name}/${n}"`));
  }

  test.each([
    ['an empty tag', ['event', 'fire', '', '{}'], /tag is empty/],
    ['a tag with a line break', ['event', 'fire', 'a\nb', '{}'], /line break/],
    ['data that is not a map', ['event', 'fire', 'a/b', '[1]'], /map/],
    ['an unknown runner', ['run', 'job.list_jobs'], /jobs\.list_jobs|not available/],
    ['an unknown command', ['evnt'], /event/],
    ['an unknown option', ['cmd', '*', 'test.ping', '--timeot', '3'], /timeout/],
  ])('%s', async (_name, args, text) => {
    const ran = await brine([...args, ...flags]);
    expect(ran.code).not.toBe(0);
    expect(ran.stdout + ran.stderr).toMatch(text);
    expect(ran.stdout + ran.stderr).not.toMatch(/^ +at .*\.js:\d+/m);
  });

  test('an event over the limit is refused with its size', async () => {
    const big = join(folder.path, 'big.json');
    writeFileSync(big, JSON.stringify({ text: 'x'.repeat(1_100_000) }));
    const ran = await brine(['event', 'fire', 'big/one', `@${big}`, ...flags]);
    expect(ran.code).not.toBe(0);
    expect(ran.stdout + ran.stderr).toMatch(/1048576|1,048,576|1 MiB/);
  });

  test('an unknown function names the nearest one', async () => {
    const ran = await brine(['cmd', '*', 'test.pnig', ...flags]);
    expect(ran.code).toBe(1);
    expect(ran.stdout).toMatch(/test\.pnig.*not available/);
    expect(ran.stdout).toContain('test.ping');
  });

  test('a second master on the same folder is told who holds it', async () => {
    const ran = await brine(['master', ...flags], { timeoutMs: 15_000 });
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(/DATA_DIR_IN_USE|in use/);
    expect(ran.stderr).toContain(String(up.child.pid));
  });

  test('a port in use is named', async () => {
    const status = await brine(['status', '--out', 'json', ...flags]);
    const { master } = JSON.parse(status.stdout) as { master: { endpoints: string[] } };
    const port = master.endpoints.find((endpoint) => endpoint.startsWith('tcp:'))?.split(':')[2];
    const other = join(folder.path, 'other.yaml');
    writeFileSync(other, `port: ${port}\nenrol_port: 0\n`);
    const ran = await brine(['master', '--config', other, '--data-dir', join(folder.path, 'e')], {
      timeoutMs: 15_000,
    });
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain(`${port}`);
    expect(ran.stderr).toMatch(/in use/);
  });

  test('a wrong key in the settings has its place and a suggestion', async () => {
    const wrong = join(folder.path, 'wrong.yaml');
    writeFileSync(wrong, 'id: x\nauto_acept: []\nport: many\n');
    const ran = await brine(['check', '--config', wrong]);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(/wrong\.yaml:2:1: error/);
    expect(ran.stderr).toContain('auto_accept');
    expect(ran.stderr).toMatch(/wrong\.yaml:3:7: error/);
  });

  test('without a running Brine the command says what to start', async () => {
    const ran = await brine(['cmd', '*', 'test.ping', '--data-dir', join(folder.path, 'nothing')]);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain('brine up');
  });
});
