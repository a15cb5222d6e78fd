import { describe, expect, it } from 'vitest';
import { silentTelemetry } from '../../../src/core/index.ts';
import { createReactor, type Reactor } from '../../../src/reactor/index.ts';
import { systemClock, systemIds } from '../../../src/system/index.ts';
import { World } from './support.ts';

const deps = { clock: systemClock, ids: systemIds(systemClock), telemetry: silentTelemetry };
const soon = { timeout: 20_000 };

async function startReactor(world: World): Promise<Reactor> {
  const reactor = createReactor(world.settings, deps);
  await reactor.start();
  return reactor;
}

describe('probes', () => {
  it('tell whether events get through, and recover with what was away', async () => {
    await using world = await World.open({}, { minion: false });
    const ready = async (): Promise<readonly unknown[]> => {
      const { status, json } = await world.ask('/readyz');
      return [status, json];
    };
    expect(await world.ask('/healthz')).toMatchObject({ status: 200, json: { live: true } });
    expect(await ready()).toEqual([200, { ready: true, problems: [] }]);

    let reactor = await startReactor(world);
    await expect.poll(ready, soon).toEqual([200, { ready: true, problems: [] }]);
    await reactor.stop();
    await expect.poll(ready, soon).toEqual([503, { ready: false, problems: ['reactor: it does not run'] }]);
    reactor = await startReactor(world);
    await expect.poll(ready, soon).toEqual([200, { ready: true, problems: [] }]);

    await world.stopMaster();
    await expect.poll(ready, soon).toEqual([
      503,
      {
        ready: false,
        problems: [
          'api: it has no connection to the master',
          'master: it does not run',
          'reactor: the bus is not followed',
        ],
      },
    ]);
    expect(await world.ask('/healthz')).toMatchObject({ status: 200, json: { live: true } });
    await world.startMaster();
    await expect.poll(ready, soon).toEqual([200, { ready: true, problems: [] }]);
    await reactor.stop();
  }, 90_000);
});

describe('metrics', () => {
  it('are shown to whoever has a login or a token, and to anybody only when told to', async () => {
    await using world = await World.open({}, { minion: false });
    const refused = await world.ask('/metrics');
    expect([refused.status, refused.headers['content-type']]).toEqual([401, 'application/problem+json']);
    const token = await world.token('prometheus', {});
    const shown = await world.ask('/metrics', { headers: { authorization: `Bearer ${token}` } });
    expect([shown.status, shown.headers['content-type']]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
    ]);
    expect(shown.text).toContain('brine_up{role="api"} 1\nbrine_up{role="master"} 1\n');
    expect((await world.ask('/metrics', { token: await world.login() })).status).toBe(200);
    await world.stopMaster();
    await expect
      .poll(async () => {
        const { status, text } = await world.ask('/metrics', { token });
        return [status, text.includes('brine_up{role="master"} 0\n')];
      }, soon)
      .toEqual([200, true]);
    expect((await world.ask('/metrics', { method: 'POST', token, json: {} })).status).toBe(405);

    await using open = await World.open({ metrics_open: true }, { minion: false });
    expect((await open.ask('/metrics')).status).toBe(200);
  });
});
