import { expect, it } from 'vitest';
import { memoryBus, memoryLog } from '../../../src/bus/index.ts';
import { seekTime } from '../../../src/client/index.ts';
import { canaryPrefix, mapOf } from '../../../src/core/index.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const startMs = Date.UTC(2026, 0, 2, 3, 4, 5);

it('finds a time in a log that ends with events that readers are not shown', async () => {
  const clock = new VirtualClock(startMs);
  const bus = memoryBus(memoryLog({ id: 'testlog1', eventsMax: 100, clock }), { clock });
  for (const tag of ['a/1', 'a/2', `${canaryPrefix}x/1`, `${canaryPrefix}x/2`, `${canaryPrefix}x/3`]) {
    await bus.publish([{ tag, data: mapOf({}) }]);
    await clock.advance(1000);
  }
  const found = await Promise.all(
    [-1, 0, 500, 1000, 2500, 4000, 9000].map((ms) => seekTime(bus, startMs + ms)),
  );
  expect(found).toEqual([1, 1, 2, 2, 4, 5, 6]);
  await bus.close();
});
