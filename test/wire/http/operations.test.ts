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
