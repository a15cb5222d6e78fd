import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { masterFunctions } from '../../../src/cli/known-functions.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { Cli, type Ran, run } from './harness.ts';

/** Everything in one process, and the commands that an operator types beside it. */
describe('brine up', () => {
  const folder = temporaryFolder();
  const at = (name: string): string => join(folder.path, name);
  const flags = ['--config', at('brine.yaml'), '--data-dir', at('d')];
  const brine = (...argv: string[]): Promise<Ran> => run([...argv, ...flags], { cwd: folder.path });
  let up: Cli;

  /** Starts a reader, waits until it listens, acts, and gives what the reader printed. */
  async function watching(argv: string[], act: () => Promise<unknown>): Promise<string> {
    const reader = new Cli([...argv, ...flags]);
    await reader.printed(/listening/);
    await act();
    expect(await reader.done).toBe(0);
    return reader.stdout;
  }

  beforeAll(async () => {
    mkdirSync(at('modules'));
    writeFileSync(
      at('modules/notify.mjs'),
      "export const deploy = (name) => salt['event.send']('myco/deploy/done', { name });\n",
    );
    writeFileSync(
      at('brine.yaml'),
      'id: m1\nport: 0\nenrol_port: 0\nreactors: rules.yaml\nmodules_dir: modules\n',
    );
    writeFileSync(
      at('rules.yaml'),
      `rules:
  repair:
    on: salt/job/*/ret/*
    if: data.fun == 'file.read' and not data.success
    do:
      - local.file.touch: {tgt: '{{ data.id }}', args: {name: '{{ data.fun_args[0] }}'}}
  lost:
    on: acme/lost
    do:
      - local.test.ping: {tgt: nobody}
      - runner.nosuch.fun: {}
`,
    );
    up = new Cli(['up', '--json', ...flags], { cwd: folder.path });
    await up.printed(/"ready":true/);
  });

  afterAll(async () => {
    up.signal('SIGTERM');
    expect(await up.done).toBe(0);
    folder[Symbol.dispose]();
  });

  it('says first that it is ready', () => {
    const first = JSON.parse(up.stdout.split('\n')[0] ?? '') as object;
    expect(first).toMatchObject({
      ready: true,
      data_dir: at('d'),
      id: 'm1',
      roles: ['master', 'minion', 'reactor'],
    });
  });

  it('shows a failed return, the reaction and its result, linked by ids', async () => {
    const failed = await brine('cmd', '*', 'file.read', at('absent'));
    expect([failed.code, failed.stdout]).toEqual([1, expect.stringMatching(/^m1:\n {4}ERROR: /)]);
    await up.printed(/"fun":"file.touch","fun_args".*\n/);
    const lines = up.stdout
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Line);
    const bad = lines.find((line) => line.tag?.includes('/ret/') && line.data?.['fun'] === 'file.read');
    const reaction = lines.find((line) => line.reaction === `${bad?.event}.0`);
    const good = lines.find((line) => line.tag === `salt/job/${reaction?.jid}/ret/m1`);
    expect(reaction).toMatchObject({ outcome: 'done', rule: 'repair', event: bad?.event });
    expect(good).toMatchObject({
      data: { success: true },
      cause: { event: bad?.event, rule: 'repair' },
      depth: 1,
    });
    expect(await brine('cmd', '*', 'file.read', at('absent'))).toMatchObject({ code: 0 });
  });

  it('salt-run state.event pretty=True', async () => {
    const printed = await watching(['run', 'state.event', 'my/*', 'pretty=True', 'count=1'], () =>
      brine('event', 'fire', 'my/tag', '{"b": 1, "a": "x"}'),
    );
    expect(printed).toMatch(/^my\/tag\t\{\n {4}"_stamp": ".+",\n {4}"a": "x",\n {4}"b": 1\n\}\nNone\n$/);
    expect(await brine('run', 'state.event', 'tagmach=x')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Did you mean tagmatch?') as string,
    });
  });

  it('salt-call event.fire is seen on the minion’s bus', async () => {
    const printed = await watching(
      ['event', 'watch', 'tag', '--count', '1', '--node', 'minion'],
      async () => {
        expect(await brine('call', 'event.fire', '{"data": "message"}', 'tag')).toMatchObject({
          code: 0,
          stdout: 'local:\n    True\n',
        });
      },
    );
    expect(printed).toMatch(/^tag\t\{"data": "message", "_stamp": ".+"\}\n$/);
  });

  it('salt-call event.send is seen on the master’s bus, wrapped', async () => {
    const printed = await watching(['event', 'watch', 'myco/mytag/*', '--count', '1'], () =>
      brine('call', 'event.send', 'myco/mytag/success', '{success: True, message: "It works!"}'),
    );
    const [tag, json] = printed.split('\t');
    expect(tag).toBe('myco/mytag/success');
    expect(JSON.parse(json ?? '')).toMatchObject({
      cmd: '_minion_event',
      id: 'm1',
      tag: 'myco/mytag/success',
      data: { success: true, message: 'It works!' },
    });
  });

  it('salt minionname event.fire is seen on that minion’s bus', async () => {
    const printed = await watching(
      ['event', 'watch', 'customtag/*', '--count', '1', '--node', 'm1'],
      async () => {
        const job = await brine(
          'cmd',
          'm1',
          'event.fire',
          '{"data": "for the minion"}',
          'customtag/african/unladen',
        );
        expect(job).toMatchObject({ code: 0, stdout: 'm1:\n    True\n' });
      },
    );
    expect(printed).toContain('customtag/african/unladen\t{"data": "for the minion"');
  });

  it('an operator’s module sends an event', async () => {
    const printed = await watching(['event', 'watch', 'myco/deploy/*', '--count', '1', '--json'], () =>
      brine('cmd', '*', 'notify.deploy', 'web'),
    );
    expect(JSON.parse(printed)).toMatchObject({ tag: 'myco/deploy/done', data: { data: { name: 'web' } } });
  });

  it('event send goes through the minion, and --from reads what is over', async () => {
    expect(await brine('event', 'send', 'past/one', '{n: 1}')).toMatchObject({ code: 0, stdout: 'True\n' });
    for (const from of ['1', '10m']) {
      const past = await brine('event', 'watch', 'past/*', '--from', from, '--count', '1');
      expect(past.stdout).toMatch(/^past\/one\t.*"n": 1/);
    }
    expect((await brine('event', 'watch', '--from', 'monday')).code).toBe(2);
  });

  it('cmd: targets, formats, batches, detached jobs', async () => {
    expect(
      (await brine('cmd', 'm1,zz', '-L', 'test.ping', '-t', '1', '--gather-job-timeout', '1')).stdout,
    ).toMatch(/m1:\n {4}True/);
    expect((await brine('cmd', '-E', 'm\\d', 'test.ping', '--out', 'json')).stdout).toBe('{"m1": true}\n');
    expect((await brine('cmd', '-C', 'm* and not x*', 'test.ping', '--out', 'yaml')).stdout).toBe(
      'm1: true\n',
    );
    expect((await brine('cmd', '*', 'test.ping', '-b', '1', '--static')).stdout).toBe('m1:\n    True\n');
    expect((await brine('cmd', '*', 'test.ping', '--async')).stdout).toMatch(/job ID: \d{20}\n$/);
    const nobody = await brine('cmd', 'x*', 'test.ping');
    expect([nobody.code, nobody.stderr]).toEqual([2, expect.stringContaining('brine key list')]);
    expect((await brine('cmd', '*', 'test.arg', '5', 'a=yes')).stdout).toMatch(/a:\n {12}True/);
  });

  it('run: runners, their failures and their documentation', async () => {
    expect(await brine('run', 'manage.up')).toMatchObject({ code: 0, stdout: '- m1\n' });
    const unknown = await brine('run', 'manage.upp');
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringMatching(/Did you mean manage\.up\?/)]);
    expect((await brine('run', 'doc.runner', 'manage')).stdout).toContain('manage.up');
  });

  it('check knows the functions of a master', async () => {
    for (const kind of ['runner', 'wheel'] as const) {
      const { stdout } = await brine('run', `doc.${kind}`, '--out', 'json');
      expect(Object.keys(JSON.parse(stdout) as object)).toEqual(masterFunctions[kind]);
    }
  });

  it('key: lists, asks before it changes, and refuses to guess', async () => {
    expect((await brine('key', 'list')).stdout).toBe(
      'Accepted Keys:\nm1\nDenied Keys:\nUnaccepted Keys:\nRejected Keys:\n',
    );
    expect((await brine('key', 'finger')).stdout).toMatch(/m1:\n {8}([0-9a-f]{2}:){31}/);
    expect(await brine('key', 'accept', 'zz', '-y')).toMatchObject({ code: 1 });
    expect(await brine('key', 'delete', 'm1')).toMatchObject({ code: 2 });
    const asked = new Cli(['key', 'delete', 'm1', ...flags], { answer: 'n' });
    expect(await asked.done).toBe(1);
    expect(asked.stderr).toContain('going to be deleted:\nm1\n');
  });

  it('dlq: shows, sends again and drops what could not be done', async () => {
    await brine('event', 'fire', 'acme/lost');
    await up.printed(/"outcome":"dead".*nosuch/);
    const listed = await brine('dlq', 'list', '--out', 'json');
    const letters = JSON.parse(listed.stdout) as { id: string; rule: string }[];
    const id = letters.find(({ rule }) => rule === 'lost')?.id ?? '';
    expect((await brine('dlq', 'list')).stdout).toContain(`${id}\tlost\t`);
    expect((await brine('dlq', 'show', id)).stdout).toContain('acme/lost');
    expect(await brine('dlq', 'drop', id)).toMatchObject({ code: 0 });
    expect(await brine('dlq', 'show', id)).toMatchObject({ code: 2 });
    expect(await brine('dlq', 'retry')).toMatchObject({ code: 2 });
  });

  it('status: every role, and the decisions with their reasons', async () => {
    const status = JSON.parse((await brine('status', '--out', 'json')).stdout) as Record<string, object>;
    expect(status).toMatchObject({
      data_dir: at('d'),
      master: { id: 'm1_master' },
      minion: { id: 'm1', running: true },
      reactor: { rules: 2 },
    });
    const decisions = await brine('status', '--decisions', '200');
    expect(decisions.stdout).toMatch(/ repair fired: local file\.touch on m1 \(event .*, salt\/job\/.*\)\n/);
  });

  it('a second one on the same folder is refused', async () => {
    expect(await brine('up')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/in use[\s\S]*DATA_DIR_IN_USE[\s\S]*hint/) as string,
    });
  });

  it('SIGHUP reads the rules again, and keeps the good ones when the new are bad', async () => {
    writeFileSync(at('rules.yaml'), 'rules:\n  one:\n    on: a\n    dos: []\n');
    up.signal('SIGHUP');
    await up.printed(/not reloaded, the last good rules stay/);
    writeFileSync(at('rules.yaml'), 'rules:\n  one:\n    on: a\n    do: [{event.send: {tag: b}}]\n');
    up.signal('SIGHUP');
    await up.printed(/reloaded, 1 rules/);
  });
});

interface Line {
  readonly tag?: string;
  readonly event?: string;
  readonly data?: Record<string, unknown>;
  readonly reaction?: string;
  readonly jid?: string;
}

describe('without anything running', () => {
  it('a command says so, and how to start it', async () => {
    using folder = temporaryFolder();
    for (const argv of [
      ['cmd', '*', 'test.ping'],
      ['run', 'manage.up'],
      ['key', 'list'],
      ['dlq', 'list'],
      ['event', 'watch'],
    ]) {
      const { code, stderr } = await run([...argv, '--data-dir', folder.path]);
      expect([argv[0], code, stderr]).toEqual([
        argv[0],
        1,
        expect.stringMatching(/NOT_RUNNING[\s\S]*brine up/),
      ]);
    }
    expect(await run(['status', '--data-dir', folder.path])).toMatchObject({ code: 1 });
  });
});

describe('the roles alone', () => {
  it('start, say that they are ready, and stop; a second interrupt ends at once', async () => {
    using folder = temporaryFolder();
    const config = join(folder.path, 'brine.yaml');
    writeFileSync(config, 'id: m2\nport: 0\nenrol_port: 0\nreactors: []\n');
    const flags = ['--config', config, '--data-dir', join(folder.path, 'd'), '--json'];
    const clis = [];
    for (const role of ['master', 'minion', 'reactor']) {
      const cli = new Cli([role, ...flags]);
      await cli.printed(new RegExp(`"ready":true.*"roles":\\["${role}"\\]`));
      clis.unshift(cli);
    }
    for (const cli of clis) {
      cli.signal('SIGINT');
      cli.signal('SIGINT');
      expect(await cli.done).toBe(0);
      expect(cli.exits).toEqual([130]);
    }
  });
});
