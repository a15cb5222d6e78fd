import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { brine, Daemon, root } from '../support/brine.ts';
import { temporaryFolder } from '../support/temp.ts';
import { besideEverySalt, program, type Release } from './support/releases.ts';

/** What the readers of a release expect. */
const readers: Readonly<Record<Release, string>> = {
  '3006.24': 'plain',
  '3006.28': '3006',
  '3007.15': '3007',
  '3008.3': '3008',
};

besideEverySalt('scripts for the event library, against Brine’s master', (release) => {
  const folder = temporaryFolder();
  const salt = join(folder.path, 'salt');
  const config = join(folder.path, 'brine.yaml');
  const flags = ['--config', config, '--data-dir', join(folder.path, 'd')];
  let up: Daemon;

  beforeAll(async () => {
    const sockets = join(folder.path, 's');
    const settings = `id: web1\nport: 0\nenrol_port: 0\nreactors: rules.yaml\nsock_dir: ${sockets}\n`;
    writeFileSync(config, `${settings}salt_sockets: ${readers[release]}\n`);
    writeFileSync(join(folder.path, 'rules.yaml'), 'rules: {}\n');
    writeSaltConfig(salt, sockets);
    up = new Daemon(['up', '--json', ...flags]);
    await up.json((line) => line['ready'] === true);
  });

  afterAll(async () => {
    await up[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  test('get_event, iter_events, fire_event and fire_master work as they are', async () => {
    await using watch = new Daemon(['event', 'watch', '*', ...flags]);
    await watch.line(/listening/i);
    await using minionWatch = new Daemon(['event', 'watch', '*', '--node', 'minion', ...flags]);
    await minionWatch.line(/listening/i);
    await using script = new Script(release, [join(root, 'test', 'salt', 'support', 'scripts.py'), salt]);

    await script.step('listening');
    await brine(['event', 'fire', 'salt/auth', '{"id": "web9", "act": "pend", "result": true}', ...flags]);
    expect(await script.step('auth')).toMatchObject({ id: 'web9', act: 'pend', result: true });

    await script.step('listening');
    await brine(['event', 'fire', 'my/tag', '{"big": 12345678901234567890, "text": "é"}', ...flags]);
    const full = await script.step('full');
    expect(full).toMatchObject({ tag: 'my/tag', data: { text: 'é' } });
    expect(full).toHaveProperty('data._stamp');

    await script.step('listening');
    await brine(['cmd', 'web1', 'cmd.run', 'exit 3', ...flags]);
    const returned = await script.step('returns');
    expect(returned).toMatchObject({ data: { id: 'web1', fun: 'cmd.run', retcode: 3 } });

    expect(await script.step('fired')).toBe(true);
    await watch.line(/^my\/script\/done\t.*"deployed": true, "n": 7/);
    expect(await script.step('fired on the minion')).toBe(true);
    await minionWatch.line(/^my\/minion\/tag\t.*"where": "minion"/);
    expect(await script.step('sent to the master')).not.toBe(false);
    await watch.line(/^my\/script\/sent\t.*"from": "script"/);
    expect(watch.lines.filter((line) => line.startsWith('my/minion/tag'))).toEqual([]);
  });

  test('salt-run state.event prints what happens', async () => {
    const args = ['-c', salt, '-l', 'error', 'state.event', 'my/*', 'count=1', 'pretty=True'];
    const child = start(program(release, 'salt-run'), args);
    let printed = '';
    child.stdout?.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    const ended = once(child, 'close');
    // It does not say when it listens, so events come until it has seen one.
    for (let n = 0; n < 40 && child.exitCode === null; n += 1)
      await brine(['event', 'fire', 'my/tag', '{"b": 1, "a": "x"}', ...flags]);
    child.kill('SIGKILL');
    await ended;
    expect(printed).toMatch(/^my\/tag\t\{\n {4}"_stamp": ".+",\n {4}"a": "x",\n {4}"b": 1\n\}/);
  });
});

/** The smallest configuration with which Salt's programs find Brine's sockets. */
function writeSaltConfig(folder: string, sockets: string): void {
  // A path outside of root_dir is put below it, and a sock_dir much longer than cachedir is not used.
  const own = {
    root_dir: dirname(folder),
    user: 'root',
    pki_dir: join(folder, 'pki'),
    cachedir: join(folder, 'cache'),
    sock_dir: sockets,
    log_file: join(folder, 'log'),
  };
  mkdirSync(join(own.cachedir, 'proc'), { recursive: true });
  writeFileSync(join(folder, 'master'), JSON.stringify(own));
  writeFileSync(join(folder, 'minion'), JSON.stringify({ ...own, id: 'web1' }));
}

function start(command: string, args: readonly string[]): ChildProcess {
  return spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PYTHONWARNINGS: 'ignore' },
  });
}

/** A Python script that prints one JSON list a step. */
class Script implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  #errors = '';

  constructor(release: Release, args: readonly string[]) {
    this.#child = start(program(release, 'python'), args);
    this.#child.stderr?.on('data', (chunk: Buffer) => (this.#errors += chunk.toString()));
    if (this.#child.stdout === null) throw new Error('the script has no output');
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** What the next step said. */
  async step(name: string): Promise<unknown> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error(`the script ended before ${name}:\n${this.#errors}`);
    const [step, said] = JSON.parse(value) as [string, unknown];
    expect(step).toBe(name);
    return said;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }
}
