import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Value } from '../../../src/core/index.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { Bench } from './support.ts';

const map = (entries: Record<string, Value>): Map<Value, Value> => new Map(Object.entries(entries));

function write(folder: string, file: string, text: string): void {
  mkdirSync(join(folder, 'modules'), { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, 'modules', file), text, { mode: 0o600 });
}

describe('modules of the operator', () => {
  it('are called with places, names, defaults and keywords', async () => {
    using folder = temporaryFolder();
    write(
      folder.path,
      'acme.mjs',
      `export const docs = { greet: 'Greets.' };
       export function greet(name, times = 2, { loud = false, ...more } = {}) { return { name, times, loud, more }; }
       export const list = (...items) => items;
       export async function strict(a, { b } = {}) { return [a, b]; }
       export function delete_(x) { return x; }
       export function _hidden() {}
       export const notAFunction = 5;
       export class NotAFunction {}`,
    );
    await using bench = new Bench(folder.path);
    expect(await bench.functions.reload()).toEqual(['acme']);
    expect((await bench.run('sys.list_functions', ['acme'])).return).toEqual([
      'acme.delete',
      'acme.greet',
      'acme.list',
      'acme.strict',
    ]);
    expect((await bench.run('sys.doc', ['acme.greet'])).return).toEqual(map({ 'acme.greet': 'Greets.' }));
    const greeted = (await bench.run('acme.greet', ['bob'], { loud: true, colour: 'red' })).return as Map<
      Value,
      Value
    >;
    const more = greeted.get('more') as Map<Value, Value>;
    expect([greeted.get('name'), greeted.get('times'), greeted.get('loud')]).toEqual(['bob', 2, true]);
    expect([more.get('colour'), more.get('__pub_fun')]).toEqual(['red', 'acme.greet']);
    const named = (await bench.run('acme.greet', [], { name: 'n', times: 5 })).return as Map<Value, Value>;
    expect([named.get('name'), named.get('times'), named.get('loud')]).toEqual(['n', 5, false]);
    expect((await bench.run('acme.list', [1, map({ a: [true, null] })])).return).toEqual([
      1,
      map({ a: [true, null] }),
    ]);
    expect((await bench.run('acme.strict', ['x', 'b=1'])).return).toEqual(['x', '1']);
    expect((await bench.run('acme.strict', ['x'], { c: 1 })).return).toMatch(/not valid: c=1/);
    expect((await bench.run('acme.strict')).return).toMatch(/missing: a/);
    expect((await bench.run('acme.delete', [1])).return).toBe(1);
  });

  it('call the functions of the minion', async () => {
    using folder = temporaryFolder();
    write(
      folder.path,
      'shop.mjs',
      `export async function sell(item) {
         const sent = await salt['event.send']('shop/sold', { item });
         const out = await salt.cmd.run_all('echo $X; exit 2', salt.kwargs({ env: { X: 'y' } }));
         return { sent, out: out.stdout, code: out.retcode, os: grains.os };
       }
       export async function bad() { await salt['test.exception']('deep'); }
       export async function forever() { return salt['shop.forever'](); }
       export async function caught() { try { await salt['no.such'](); } catch (error) { return error.message; } }`,
    );
    await using bench = new Bench(folder.path);
    await bench.functions.reload();
    expect(await bench.run('shop.sell', ['pen'])).toMatchObject({
      return: map({ sent: true, out: 'y', code: 2, os: 'Debian' }),
      retcode: 0,
    });
    expect(bench.sent).toEqual([
      { tag: 'shop/sold', data: map({ item: 'pen' }), jid: '20261122160000000001' },
    ]);
    expect((await bench.run('shop.bad')).return).toMatch(
      /^The minion function caused an exception: Error: deep/,
    );
    expect((await bench.run('shop.caught')).return).toBe("'no.such' is not available.");
    expect((await bench.run('shop.forever')).return).toMatch(/call each other 16 deep/);
  });

  it('may fail in every way without harming anybody else', async () => {
    using folder = temporaryFolder();
    write(folder.path, 'good.mjs', 'export const ping = () => "pong";');
    write(folder.path, 'throws.mjs', 'throw new Error("not today");');
    write(folder.path, 'syntax.mjs', 'export function (');
    write(folder.path, 'exits.mjs', 'process.exit(7);');
    write(folder.path, 'taken.mjs', 'export const virtualName = "good"; ');
    write(folder.path, 'odd.mjs', 'export const virtualName = "../odd";');
    write(folder.path, 'not-a-module-name.mjs', 'throw new Error("never read");');
    await using bench = new Bench(folder.path);
    expect(await bench.functions.reload()).toEqual(['good']);
    expect((await bench.run('good.ping')).return).toBe('pong');
    const problems = Object.fromEntries(
      bench.reports.of('module.problem').map(({ module, message }) => [module, message]),
    );
    expect(Object.keys(problems).sort()).toEqual([
      'exits.mjs',
      'odd.mjs',
      'syntax.mjs',
      'taken.mjs',
      'throws.mjs',
    ]);
    expect(problems['throws.mjs']).toMatch(/^Error: not today/);
    expect(problems['syntax.mjs']).toMatch(/^SyntaxError/);
    expect(problems['exits.mjs']).toMatch(/code 7/);
    expect((await bench.run('throws.anything')).return).toMatch(/could not be loaded: Error: not today/);
  });

  it('may not take for ever to load', async () => {
    using folder = temporaryFolder();
    write(folder.path, 'loops.mjs', 'for (;;);');
    await using bench = new Bench(folder.path, { limits: { loadMs: 1000 } });
    expect(await bench.functions.reload()).toEqual([]);
    expect((await bench.run('loops.anything')).return).toMatch(/took longer than 1000 ms$/);
  });

  it('may fail in a call, and start again for the next one', async () => {
    using folder = temporaryFolder();
    write(
      folder.path,
      'wild.mjs',
      `let calls = 0;
       export function count() { calls += 1; return calls; }
       export function boom() { const error = new TypeError('bad'); error.retcode = 9; throw error; }
       export function loop() { for (;;); }
       export function exit() { process.exit(3); }
       export function func() { return () => 1; }
       export function cycle() { const a = []; a.push(a); return a; }
       export function nothing() {}`,
    );
    await using bench = new Bench(folder.path, { limits: { blockedMs: 1000 } });
    await bench.functions.reload();
    expect((await bench.run('wild.count')).return).toBe(1);
    expect((await bench.run('wild.count')).return).toBe(2);
    const boom = await bench.run('wild.boom');
    expect(boom).toMatchObject({ retcode: 9, success: false });
    expect(boom.return).toMatch(/^The minion function caused an exception: TypeError: bad\n.*wild\.mjs:3/);
    expect((await bench.run('wild.func')).retcode).toBe(1);
    expect((await bench.run('wild.cycle')).retcode).toBe(1);
    expect((await bench.run('wild.nothing')).return).toBe(null);
    expect((await bench.run('wild.count')).return).toBe(3);
    expect((await bench.run('wild.loop')).return).toMatch(/kept its thread busy for longer than 1000 ms/);
    expect((await bench.run('wild.count')).return).toBe(1);
    expect((await bench.run('wild.exit')).return).toMatch(/ended itself with code 3/);
    expect((await bench.run('wild.count')).return).toBe(1);
    expect(bench.reports.of('module.problem').length).toBe(2);
  });

  it('may not take for ever in a call, which holds up nobody else', async () => {
    using folder = temporaryFolder();
    write(
      folder.path,
      'slow.mjs',
      `export const ping = () => true;
       export const never = () => new Promise(() => setInterval(() => {}, 1000));`,
    );
    await using bench = new Bench(folder.path, { limits: { callMs: 1500 } });
    await bench.functions.reload();
    const never = bench.run('slow.never');
    expect((await bench.run('slow.ping')).return).toBe(true);
    expect((await never).return).toBe('ERROR: never took longer than 1500 ms.');
  });

  it('are killed with their job', async () => {
    using folder = temporaryFolder();
    write(
      folder.path,
      'slow.mjs',
      `export function loop() { for (;;); }
       export async function wait() { await salt['event.send']('started'); await new Promise(() => setInterval(() => {}, 1000)); }
       export const ping = () => true;`,
    );
    await using bench = new Bench(folder.path);
    await bench.functions.reload();
    const waiting = new AbortController();
    const wait = bench.run('slow.wait', [], {}, waiting.signal);
    await expect.poll(() => bench.sent.length).toBe(1);
    waiting.abort();
    expect((await wait).return).toBe('ERROR: The job was killed.');
    const looping = new AbortController();
    const loop = bench.run('slow.loop', [], {}, looping.signal);
    looping.abort();
    expect((await loop).return).toBe('ERROR: The job was killed.');
    await expect.poll(async () => (await bench.run('slow.ping')).return, { timeout: 5000 }).toBe(true);
  });

  it('are read anew when asked', async () => {
    using folder = temporaryFolder();
    write(folder.path, 'a.mjs', 'export const virtualName = "alpha"; export const v = () => 1;');
    await using bench = new Bench(folder.path);
    expect((await bench.run('saltutil.sync_modules')).return).toEqual(['modules.alpha']);
    expect((await bench.run('alpha.v')).return).toBe(1);
    write(folder.path, 'a.mjs', 'export const v = () => 2;');
    write(folder.path, 'test.mjs', 'export const ping = () => "mine";');
    expect((await bench.run('saltutil.sync_modules')).return).toEqual(['modules.a', 'modules.test']);
    expect((await bench.run('a.v')).return).toBe(2);
    expect((await bench.run('alpha.v')).return).toMatch(/not available/);
    expect((await bench.run('test.ping')).return).toBe('mine');
    expect((await bench.run('test.echo', ['x'])).return).toBe('x');
    rmSync(join(folder.path, 'modules'), { recursive: true });
    expect((await bench.run('saltutil.sync_modules')).return).toEqual([]);
    expect((await bench.run('test.ping')).return).toBe(true);
  });
});
