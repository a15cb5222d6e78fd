import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Caller, connect, kwarg, LocalClient, RunnerClient } from '../../../src/client/index.ts';
import { loadSettings } from '../../../src/config/index.ts';
import { silentTelemetry, type TraceEvent } from '../../../src/core/index.ts';
import { createMaster, type Master } from '../../../src/master/index.ts';
import { createMinion, type Minion } from '../../../src/minion/index.ts';
import { systemClock, systemIds } from '../../../src/system/index.ts';
import { temporaryFolder } from '../../support/temp.ts';

/** The library as a script uses it, against a real master and a real minion. */
describe('the library', () => {
  const folder = temporaryFolder();
  const config = join(folder.path, 'brine.yaml');
  const where = { config, dataDir: join(folder.path, 'd') };
  let master: Master;
  let minion: Minion;

  beforeAll(async () => {
    mkdirSync(join(folder.path, 'modules'));
    writeFileSync(config, 'id: lib1\nport: 0\nenrol_port: 0\nmodules_dir: modules\n');
    const loaded = loadSettings({ file: config, dataDir: where.dataDir, env: {}, cwd: folder.path });
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
    let attached: () => void = () => undefined;
    const ready = new Promise<void>((resolve) => {
      attached = resolve;
    });
    const telemetry = { emit: (event: TraceEvent) => event.kind === 'minion.connected' && attached() };
    const deps = { clock: systemClock, ids: systemIds(systemClock) };
    master = createMaster(loaded.settings, { ...deps, telemetry });
    minion = createMinion(loaded.settings, { ...deps, telemetry: silentTelemetry });
    await master.start();
    await minion.start();
    await ready;
  });

  afterAll(async () => {
    await minion.stop();
    await master.stop();
    folder[Symbol.dispose]();
  });

  it('fires and reads events on the master’s bus', async () => {
    await using bus = await connect(where);
    expect(await bus.fireEvent({ deep: { list: [1, 2.5, null] } }, 'my/tag')).toBe(true);
    expect(await bus.getEvent({ tag: 'my/', full: true })).toMatchObject({
      tag: 'my/tag',
      data: { deep: { list: [1, 2.5, null] }, _stamp: expect.stringMatching(/^\d{4}-.*\+00:00$/) as unknown },
    });
    expect(await bus.getEvent({ tag: 'never', wait: 0.05 })).toBeNull();
  });

  it('reads a minion’s own bus', async () => {
    await using bus = await connect({ ...where, node: 'minion' });
    await using caller = new Caller(where);
    expect(await caller.cmd('event.fire', { data: 'message' }, 'on/minion')).toBe(true);
    expect(await bus.getEvent({ tag: 'on/minion' })).toMatchObject({ data: 'message' });
  });

  it('sends an event through the minion, wrapped', async () => {
    await using bus = await connect(where);
    await using caller = new Caller(where);
    expect(await caller.cmd('event.send', 'myco/done', { ok: true }, kwarg({ extra: 7 }))).toBe(true);
    expect(await bus.getEvent({ tag: 'myco/' })).toMatchObject({
      cmd: '_minion_event',
      id: 'lib1',
      tag: 'myco/done',
      data: { ok: true, extra: 7 },
    });
  });

  it('runs jobs', async () => {
    await using local = await LocalClient.connect(where);
    expect(await local.cmd('*', 'test.ping')).toEqual({ lib1: true });
    expect(await local.cmd(['lib1'], 'test.arg', [1, 'a'], { kwarg: { k: 'v' } })).toMatchObject({
      lib1: { args: [1, 'a'], kwargs: { k: 'v' } },
    });
    const results = [];
    for await (const result of local.cmdIter('lib*', 'test.ping')) results.push(result);
    expect(results).toMatchObject([{ lib1: { ret: true, retcode: 0, success: true } }]);
    expect(await local.cmdAsync('lib1', 'test.ping')).toMatch(/^\d{20}$/);
    expect(await local.cmd('*', 'test.ping', [], { batch: 1 })).toEqual({ lib1: true });
    await expect(local.cmd('nobody', 'test.ping')).rejects.toMatchObject({ code: 'BAD_ARGUMENT' });
  });

  it('runs runners', async () => {
    await using runner = await RunnerClient.connect(where);
    expect(await runner.cmd('manage.up')).toEqual(['lib1']);
    const { jid, tag } = await runner.cmdAsync('manage.up');
    expect(tag).toBe(`salt/run/${jid}`);
  });

  it('says when nothing runs', async () => {
    using empty = temporaryFolder();
    await expect(connect({ dataDir: empty.path })).rejects.toMatchObject({ code: 'NOT_RUNNING' });
    await expect(LocalClient.connect({ dataDir: empty.path })).rejects.toMatchObject({ code: 'NOT_RUNNING' });
  });
});
