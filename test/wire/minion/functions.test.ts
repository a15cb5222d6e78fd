import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { textAt, type Value } from '../../../src/core/index.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { Bench, jid } from './support.ts';

const map = (entries: Record<string, Value>): Map<Value, Value> => new Map(Object.entries(entries));
const textless = (data: Value | undefined): Map<Value, Value> => (data instanceof Map ? data : new Map());
const published = {
  __pub_fun: 'event.send',
  __pub_jid: jid,
  __pub_ret: '',
  __pub_tgt: 'm*',
  __pub_tgt_type: 'glob',
  __pub_user: 'root',
};

describe('test and sys', () => {
  it('answer as Salt does', async () => {
    using folder = temporaryFolder();
    await using bench = new Bench(folder.path);
    expect(await bench.run('test.ping')).toEqual({
      jid,
      fun: 'test.ping',
      funArgs: [],
      return: true,
      retcode: 0,
      success: true,
    });
    expect((await bench.run('test.echo', ['text=hi'])).return).toBe('hi');
    expect(await bench.run('test.retcode', [5])).toMatchObject({ return: true, retcode: 5, success: false });
    expect(await bench.run('test.false')).toMatchObject({ return: false, retcode: 0, success: true });
    expect(await bench.run('test.exception', [], { message: 'boom' })).toMatchObject({
      return: 'The minion function caused an exception: Error: boom',
      retcode: 1,
      success: false,
    });
    expect((await bench.run('test.version')).return).toMatch(/^\d+\.\d+\.\d+/);
    const [number] = (await bench.run('test.fib', [10])).return as Value[];
    expect(number).toBe(55);
    expect((await bench.run('test.fib', [100])).return).toEqual([354224848179261915075n, expect.anything()]);
    expect(await bench.run('test.sleep', ['0.01'])).toMatchObject({ return: true });
    const arrived = (await bench.run('test.arg', ['a', 1], { k: 'v' })).return as Map<Value, Value>;
    expect(arrived.get('args')).toEqual(['a', 1]);
    expect([...(arrived.get('kwargs') as Map<Value, Value>).keys()]).toEqual([
      'k',
      '__pub_fun',
      '__pub_arg',
      '__pub_tgt',
      '__pub_jid',
      '__pub_ret',
      '__pub_tgt_type',
      '__pub_user',
    ]);
  });

  it('stop when the job is killed', async () => {
    using folder = temporaryFolder();
    await using bench = new Bench(folder.path);
    const abort = new AbortController();
    const job = bench.run('test.sleep', [600], {}, abort.signal);
    abort.abort();
    expect(await job).toMatchObject({ return: 'ERROR: The job was killed.', retcode: 1 });
  });

  it('know every function', async () => {
    using folder = temporaryFolder();
    await using bench = new Bench(folder.path);
    const names = (await bench.run('sys.list_functions')).return as string[];
    expect(names).toContain('cmd.run');
    const docs = (await bench.run('sys.doc')).return as Map<string, string>;
    expect([...docs.keys()]).toEqual(names);
    expect([...docs.values()].filter((doc) => doc === '')).toEqual([]);
    expect((await bench.run('sys.list_functions', ['event'])).return).toEqual([
      'event.fire',
      'event.fire_master',
      'event.send',
    ]);
    expect((await bench.run('sys.argspec', ['event.fire'])).return).toEqual(
      map({
        'event.fire': map({
          args: ['data', 'tag', 'timeout'],
          defaults: [null],
          varargs: null,
          kwargs: null,
        }),
      }),
    );
    expect((await bench.run('sys.list_modules')).return).toContain('saltutil');
  });

  it('say what is missing and what was perhaps meant', async () => {
    using folder = temporaryFolder();
    await using bench = new Bench(folder.path);
    expect(await bench.run('no.such')).toMatchObject({ return: "'no.such' is not available.", retcode: 1 });
    expect((await bench.run('test.pinng')).return).toBe(
      "'test.pinng' is not available. Did you mean test.ping?",
    );
    expect(await bench.run('test.ping', ['x'])).toMatchObject({
      return: 'Passed invalid arguments to test.ping: it takes no positional arguments, 1 given',
      retcode: 1,
    });
    for (const name of ['constructor', '__proto__', 'test.__proto__', 'test.constructor', 'test'])
      expect((await bench.run(name)).return).toMatch(/is not available/);
  });

  it('use an installed Salt only when they may', async () => {
    using folder = temporaryFolder();
    await using bench = new Bench(folder.path, { minion: { saltCall: true } });
    const before = process.env['PATH'];
    process.env['PATH'] = folder.path;
    try {
      expect((await bench.run('pkg.version', ['vim'])).return).toMatch(/salt-call is not installed/);
      const script = `#!/bin/sh\necho "$*" > ${folder.path}/argv\necho '{"local": {"vim": "9.1"}}'\nexit 6\n`;
      writeFileSync(join(folder.path, 'salt-call'), script, { mode: 0o755 });
      expect(await bench.run('pkg.version', ['-x', 'a b', 5], { refresh: true })).toMatchObject({
        return: map({ vim: '9.1' }),
        retcode: 6,
        success: false,
      });
      expect(readFileSync(join(folder.path, 'argv'), 'utf8')).toBe(
        '--local --out json --retcode-passthrough -- pkg.version "-x" "a b" 5 refresh=true\n',
      );
      expect((await bench.run('pkg.version; id')).return).toMatch(/is not a function name/);
    } finally {
      process.env['PATH'] = before;
    }
  });
});

describe('event', () => {
  it('fires on the bus of the minion', async () => {
    using folder = temporaryFolder();
    await using bench = new Bench(folder.path);
    const data = map({ data: 'message' });
    expect((await bench.run('event.fire', [data, 'a/tag'])).return).toBe(true);
    expect(bench.fired).toEqual([{ tag: 'a/tag', data, jid: null }]);
    expect((await bench.run('event.fire', ['no map', 'a/tag'])).return).toBe(false);
    bench.busIsThere = false;
    expect(await bench.run('event.fire', [data, 'a/tag'])).toMatchObject({ return: false, retcode: 0 });
    expect((await bench.run('event.send', ['a/tag'])).return).toBe(false);
  });

  it('puts the data for the master together: environment, grains, keywords, data', async () => {
    using folder = temporaryFolder();
    await using bench = new Bench(folder.path);
    process.env['BRINE_TEST_COLOUR'] = 'green';
    const data = map({ success: true, both: 'data' });
    const options = { with_env: ['BRINE_TEST_COLOUR'], with_grains: ['os'], both: 'keyword', own: 1 };
    expect((await bench.run('event.send', ['my/tag', data], options)).return).toBe(true);
    const [event] = bench.sent;
    expect(event?.tag).toBe('my/tag');
    expect(event?.jid).toBe(jid);
    const sent = event?.data as Map<Value, Value>;
    sent.delete('__pub_arg');
    expect(Object.fromEntries(sent)).toEqual({
      environ: map({ BRINE_TEST_COLOUR: 'green' }),
      grains: map({ os: 'Debian' }),
      both: 'data',
      own: 1,
      success: true,
      ...published,
    });
    delete process.env['BRINE_TEST_COLOUR'];
  });

  it('ignores data that is no map, and takes any in fire_master', async () => {
    using folder = temporaryFolder();
    await using bench = new Bench(folder.path);
    await bench.run('event.send', ['my/tag', 'text'], { with_grains: true });
    expect(textless(bench.sent[0]?.data).get('grains')).toBe(bench.grains);
    await bench.run('event.fire_master', ['text', 'my/tag']);
    expect(bench.sent[1]).toEqual({ tag: 'my/tag', data: 'text', jid });
    await bench.run('event.fire_master', ['text', 'my/tag', map({ jid: '7' })]);
    expect(bench.sent[2]?.jid).toBe('7');
  });
});

describe('grains and config', () => {
  it('find what is asked for', async () => {
    using folder = temporaryFolder();
    await using bench = new Bench(folder.path);
    const value = async (fun: string, ...arg: Value[]) => (await bench.run(fun, arg)).return;
    expect(await value('grains.get', 'roles:1')).toBe('db');
    expect(await value('grains.get', 'nope', 'dflt')).toBe('dflt');
    expect(await value('grains.item', 'os', 'nope')).toEqual(map({ os: 'Debian', nope: '' }));
    expect(await value('grains.ls')).toEqual(['id', 'os', 'roles']);
    expect(await value('grains.items')).toBe(bench.grains);
    expect(await value('config.get', 'id')).toBe('m1');
    expect(await value('config.get', 'os')).toBe('Debian');
    expect(await value('config.get', 'nope')).toBe('');
  });
});

describe('return codes', () => {
  it('say that a state or a result is false', async () => {
    using folder = temporaryFolder();
    await using bench = new Bench(folder.path);
    const state = (result: boolean) => map({ 'cmd_|-a_|-b_|-run': map({ result, comment: '' }) });
    expect((await bench.run('test.echo', [state(false)])).retcode).toBe(2);
    expect((await bench.run('test.echo', [state(true)])).retcode).toBe(0);
    expect((await bench.run('test.echo', [map({ result: false })])).retcode).toBe(1);
    expect((await bench.run('test.echo', [map({ success: false })])).retcode).toBe(1);
    const ret = await bench.run('test.echo', [map({ result: null })]);
    expect(ret.retcode).toBe(0);
    expect(textAt(new Map([['fun', ret.fun]]), 'fun')).toBe('test.echo');
  });
});
