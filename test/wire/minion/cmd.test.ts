import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Value } from '../../../src/core/index.ts';
import { outputBytesMax } from '../../../src/minion/process/run.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { Bench } from './support.ts';

const isRoot = process.getuid?.() === 0;
const map = (entries: Record<string, Value>): Map<Value, Value> => new Map(Object.entries(entries));

/** Whether a process is there and is more than an entry that waits for its parent. */
function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

describe('cmd', () => {
  it('gives output and return code as Salt does', async () => {
    using folder = temporaryFolder();
    await using bench = new Bench(folder.path);
    expect(await bench.run('cmd.run', ['exit 3'])).toMatchObject({
      return: '',
      retcode: 3,
      success: false,
      fun: 'cmd.run',
      funArgs: ['exit 3'],
    });
    expect(await bench.run('cmd.run', ['echo out; echo err >&2'])).toMatchObject({
      retcode: 0,
      success: true,
    });
    expect((await bench.run('cmd.run', ['echo out; sleep 0.05; echo err >&2'])).return).toBe('out\nerr');
    expect((await bench.run('cmd.run_stdout', ['echo out; echo err >&2'])).return).toBe('out');
    expect((await bench.run('cmd.run_stderr', ['echo out; echo err >&2'])).return).toBe('err');
    expect(await bench.run('cmd.retcode', ['exit 7'])).toMatchObject({ return: 7, retcode: 7 });
    const all = await bench.run('cmd.run_all', ['echo x; exit 4']);
    expect(all.return).toEqual(map({ pid: bench.pid, retcode: 4, stdout: 'x', stderr: '' }));
    expect(all.retcode).toBe(4);
    expect((await bench.run('cmd.run', ['kill -9 $$'])).retcode).toBe(137);
  });

  it('lets return codes be ignored or be good', async () => {
    using folder = temporaryFolder();
    await using bench = new Bench(folder.path);
    expect((await bench.run('cmd.run', ['exit 3'], { ignore_retcode: true })).success).toBe(true);
    expect((await bench.run('cmd.run', ['exit 3'], { success_retcodes: [3] })).success).toBe(true);
    expect((await bench.run('cmd.run', ['exit 3'], { success_retcodes: 4 })).success).toBe(false);
  });

  it('uses no shell for a list or with python_shell=False', async () => {
    using folder = temporaryFolder();
    await using bench = new Bench(folder.path);
    const nasty = '$(touch pwned); `id` && echo "no"';
    expect((await bench.run('cmd.run', [['printf', '%s', nasty]])).return).toBe(nasty);
    expect((await bench.run('cmd.run', ["printf %s '$HOME ;' x"], { python_shell: false })).return).toBe(
      '$HOME ;x',
    );
    expect(await bench.run('cmd.run', ["echo 'x"], { python_shell: false })).toMatchObject({
      return: 'Passed invalid arguments to cmd.run: cmd: a quote is not closed',
      retcode: 1,
    });
  });

  it('hands over folder, environment and input', async () => {
    using folder = temporaryFolder();
    await using bench = new Bench(folder.path);
    const options = { cwd: folder.path, env: map({ COLOUR: 'green', N: 5 }), stdin: 'typed' };
    expect((await bench.run('cmd.run', ['echo $PWD $COLOUR $N; cat'], options)).return).toBe(
      `${folder.path} green 5\ntyped`,
    );
    const clean = await bench.run('cmd.run', [['/usr/bin/env']], { clean_env: true, env: map({ A: 'b' }) });
    expect(clean.return).toBe('A=b');
    expect((await bench.run('cmd.run', ['true'], { env: 'A=b' })).return).toMatch(/env must be a map/);
  });

  it('kills the whole process group when the time is over', async () => {
    using folder = temporaryFolder();
    await using bench = new Bench(folder.path);
    const file = join(folder.path, 'pid');
    const result = await bench.run('cmd.run', [`sleep 600 & echo $! > ${file}; wait`], { timeout: 0.4 });
    expect(result).toMatchObject({ retcode: 1, success: false });
    expect(result.return).toMatch(/timed out after 0.4 seconds$/);
    const grandchild = Number(readFileSync(file, 'utf8'));
    expect(grandchild).toBeGreaterThan(1);
    // A signal is delivered before it is obeyed.
    await expect.poll(() => isAlive(grandchild), { timeout: 10_000 }).toBe(false);
  });

  it('kills the whole process group when the job is killed', async () => {
    using folder = temporaryFolder();
    await using bench = new Bench(folder.path);
    const abort = new AbortController();
    const job = bench.run('cmd.run', ['echo ready; sleep 600'], {}, abort.signal);
    await expect.poll(() => bench.pid).toBeGreaterThan(0);
    abort.abort();
    expect(await job).toMatchObject({ return: 'ERROR: The job was killed.', retcode: 1 });
    await expect.poll(() => isAlive(bench.pid), { timeout: 10_000 }).toBe(false);
  });

  it('keeps a bounded part of the output', async () => {
    using folder = temporaryFolder();
    await using bench = new Bench(folder.path);
    const surplus = 1000;
    const { return: text } = await bench.run('cmd.run', [
      `head -c ${outputBytesMax + surplus} /dev/zero | tr '\\0' x`,
    ]);
    expect(text).toBe(`${'x'.repeat(outputBytesMax)}\n[${surplus} bytes more were cut off]`);
  });

  it('says when a program or a folder is not there', async () => {
    using folder = temporaryFolder();
    await using bench = new Bench(folder.path);
    expect((await bench.run('cmd.run', [['/no/such/program']])).return).toMatch(
      /^ERROR: Unable to run.*ENOENT/,
    );
    expect((await bench.run('cmd.run', ['true'], { cwd: '/no/such/folder' })).retcode).toBe(1);
    expect((await bench.run('cmd.run', ['true'], { nope: 1 })).return).toBe(
      'Passed invalid arguments to cmd.run: The following keyword arguments are not valid: nope=1',
    );
  });

  it('runs scripts of this host with arguments', async () => {
    using folder = temporaryFolder();
    await using bench = new Bench(folder.path);
    const script = join(folder.path, 'script');
    writeFileSync(script, '#!/bin/sh\nprintf "%s|" "$@"; exit 5\n', { mode: 0o600 });
    const result = await bench.run('cmd.script', [script], { args: "one 'two three'" });
    expect(result).toMatchObject({ retcode: 5 });
    expect((result.return as Map<Value, Value>).get('stdout')).toBe('one|two three|');
    expect((await bench.run('cmd.script', ['salt://x.sh'])).return).toMatch(/is not a path on this host/);
    expect((await bench.run('cmd.script', ['/no/such'])).return).toMatch(
      /^ERROR: The script .* cannot be read/,
    );
  });

  it.runIf(isRoot)('runs as another user when it is root', async () => {
    using folder = temporaryFolder();
    await using bench = new Bench(folder.path);
    expect(
      (await bench.run('cmd.run', ['id -un; id -G; echo $USER'], { runas: 'nobody', cwd: '/' })).return,
    ).toMatch(/^nobody\n\d+\nnobody$/);
    expect((await bench.run('cmd.run', ['id'], { runas: 'no_such_user_x' })).return).toBe(
      "ERROR: User 'no_such_user_x' is not available",
    );
    expect((await bench.run('cmd.run', ['id'], { runas: '-x' })).return).toMatch(/is not a user name/);
  });
});
