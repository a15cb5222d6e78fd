import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { brine, Daemon, root } from '../support/brine.ts';
import { temporaryFolder } from '../support/temp.ts';

/** The commands that Salt's event documentation teaches, against Brine, with what Salt prints. */
describe('the vocabulary of Salt’s event system', () => {
  const folder = temporaryFolder();
  const config = join(folder.path, 'brine.yaml');
  const flags = ['--config', config, '--data-dir', join(folder.path, 'd')];
  let up: Daemon;

  beforeAll(async () => {
    mkdirSync(join(folder.path, 'modules'));
    writeFileSync(
      join(folder.path, 'modules', 'notify.mjs'),
      `export async function deploy(name) {
  return salt['event.send']('myco/deploy/done', { name });
}
`,
    );
    writeFileSync(join(folder.path, 'rules.yaml'), 'rules: {}\n');
    writeFileSync(
      config,
      'id: minionname\nport: 0\nenrol_port: 0\nreactors: rules.yaml\nmodules_dir: modules\n',
    );
    up = new Daemon(['up', '--json', ...flags]);
    await up.json((line) => line['ready'] === true);
  });

  afterAll(async () => {
    await up[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  /** Starts a reader, waits until it listens, acts, and gives the reader's output. */
  async function watching(args: string[], act: () => Promise<unknown>): Promise<string> {
    await using reader = new Daemon([...args, ...flags]);
    await reader.line(/listening/i);
    await act();
    await reader.closed;
    return reader.lines.join('\n');
  }

  test('salt-run state.event pretty=True', async () => {
    const printed = await watching(['run', 'state.event', 'my/*', 'pretty=True', 'count=1'], () =>
      brine(['event', 'fire', 'my/tag', '{"b": 1, "a": "x"}', ...flags]),
    );
    expect(printed).toMatch(/^my\/tag\t\{\n {4}"_stamp": ".+",\n {4}"a": "x",\n {4}"b": 1\n\}/);
  });

  test('salt-call event.fire reaches the minion’s bus only', async () => {
    const master = new Daemon(['event', 'watch', '*', ...flags]);
    await master.line(/listening/i);
    const printed = await watching(
      ['event', 'watch', 'tag', '--count', '1', '--node', 'minion'],
      async () => {
        const call = await brine(['call', 'event.fire', '{"data": "message"}', 'tag', ...flags]);
        expect(call.stdout).toBe('local:\n    True\n');
      },
    );
    expect(printed).toMatch(/^tag\t\{"data": "message", "_stamp": ".+"\}$/);
    await brine(['event', 'fire', 'the/end', '{}', ...flags]);
    await master.line(/^the\/end\t/);
    expect(master.lines.filter((line) => line.startsWith('tag\t'))).toEqual([]);
    await master[Symbol.asyncDispose]();
  });

  test('salt-call event.send reaches the master’s bus, wrapped', async () => {
    const printed = await watching(['event', 'watch', 'myco/mytag/*', '--count', '1'], async () => {
      const data = '{success: True, message: "It works!"}';
      const call = await brine(['call', 'event.send', 'myco/mytag/success', data, ...flags]);
      expect(call.stdout).toBe('local:\n    True\n');
    });
    const [tag, json] = printed.split('\t');
    expect(tag).toBe('myco/mytag/success');
    expect(JSON.parse(json ?? '')).toMatchObject({
      cmd: '_minion_event',
      id: 'minionname',
      tag: 'myco/mytag/success',
      data: { success: true, message: 'It works!' },
      pretag: null,
    });
  });

  test('salt minionname event.fire is seen on that minion’s bus', async () => {
    const printed = await watching(
      ['event', 'watch', 'customtag/*', '--count', '1', '--node', 'minion'],
      async () => {
        const data = '{"data": "message for the minion"}';
        const job = await brine([
          'cmd',
          'minionname',
          'event.fire',
          data,
          'customtag/african/unladen',
          ...flags,
        ]);
        expect(job.stdout).toBe('minionname:\n    True\n');
        expect(job.code).toBe(0);
      },
    );
    expect(printed).toContain('customtag/african/unladen\t{"data": "message for the minion"');
  });

  test('an operator’s module sends an event', async () => {
    const printed = await watching(['event', 'watch', 'myco/deploy/*', '--count', '1'], async () => {
      const job = await brine(['cmd', '*', 'notify.deploy', 'web', ...flags]);
      expect(job.stdout).toBe('minionname:\n    True\n');
    });
    expect(printed).toContain('"data": {"name": "web"}');
  });

  test('a script uses the library', async () => {
    const script = join(folder.path, 'script.mjs');
    writeFileSync(
      script,
      `import { connect, LocalClient } from '${join(root, 'dist', 'index.js')}';
const sockDir = '${join(folder.path, 'd', 'run')}';
const bus = await connect({ node: 'master', sockDir });
const waiting = bus.getEvent({ wait: 20, tag: 'salt/job/', full: true, matchType: 'startswith' });
const local = await LocalClient.connect({ sockDir });
const returns = await local.cmd('*', 'test.ping');
const event = await waiting;
console.log(JSON.stringify({ returns, tag: event.tag }));
await local.close();
await bus.close();
`,
    );
    const { execFile } = await import('node:child_process');
    const { promisify } = await import('node:util');
    const { stdout } = await promisify(execFile)(process.env['BRINE_TEST_NODE'] ?? process.execPath, [
      script,
    ]);
    const result = JSON.parse(stdout) as { returns: unknown; tag: string };
    expect(result.returns).toEqual({ minionname: true });
    expect(result.tag).toMatch(/^salt\/job\/\d{20}\/new$/);
  });
});
