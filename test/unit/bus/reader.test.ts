import { expect, test } from 'vitest';
import { unpackPush } from '../../../src/bus/events/messages.ts';
import { Reader } from '../../../src/bus/events/reader.ts';
import type { LinkServer } from '../../../src/bus/index.ts';
import { encodeEvents, memoryLog } from '../../../src/bus/index.ts';
import { fakeClock } from './fake-clock.ts';

test('credit that comes while a push is on its way skips no event', async () => {
  const clock = fakeClock();
  const log = memoryLog({ id: 'log', eventsMax: 1000, clock });
  for (let n = 0; n < 50; n += 1) await log.append([encodeEvents([{ tag: `t/${n}`, data: new Map() }], 0)]);
  const seen: string[] = [];
  const sizes: number[] = [];
  const link: LinkServer = {
    endpoints: [],
    handle: () => undefined,
    accept: () => undefined,
    push: (_peer, _verb, payload, batches = []) => {
      const push = unpackPush('events', payload, batches);
      if ('cut' in push) throw new Error(push.cut);
      for (const message of push.messages) if (message.kind === 'events') seen.push(...message.batch.tags);
      sizes.push(push.messages.length);
      reader.grant(7);
      return Promise.resolve(true);
    },
    close: () => Promise.resolve(),
  };
  const request = { reader: 'r', name: 'test', from: 1, log: '', prefixes: [], credit: 4 };
  const reader = new Reader('peer', request, link, log, clock);
  await reader.serve();
  expect(seen).toEqual(Array.from({ length: 50 }, (_, n) => `t/${n}`));
  expect(sizes).toEqual([4, 7, 7, 7, 7, 7, 7, 4]);
});
