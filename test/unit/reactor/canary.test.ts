import { expect, test } from 'vitest';
import { type EventBus, memoryBus, memoryLog } from '../../../src/bus/index.ts';
import { canaryPrefix, type TraceEvent } from '../../../src/core/index.ts';
import { Canary } from '../../../src/reactor/canary.ts';
import { Health } from '../../../src/reactor/health.ts';
import { settled, VirtualClock } from '../../support/virtual-clock.ts';

/** A canary on a bus in memory, with a reader that stores what it reads; each step can be cut. */
async function setUp() {
  const clock = new VirtualClock();
  const log = memoryLog({ id: 'source01', eventsMax: 1000, clock });
  const real = memoryBus(log, { clock });
  const traces: TraceEvent[] = [];
  const cut = { publish: '', journal: false, plane: '', store: '' };
  const bus: EventBus = {
    publish: async (events) => {
      if (cut.publish === 'silent') return new Promise(() => undefined);
      if (cut.publish !== '') throw new Error(cut.publish);
      return real.publish(events);
    },
    publishEncoded: (events) => real.publishEncoded(events),
    subscribe: (options) => real.subscribe(options),
    info: () => real.info(),
    close: () => real.close(),
  };
  let lost: string | null = null;
  let storedSeq = 0;
  const ports = { clock, telemetry: { emit: (event: TraceEvent) => void traces.push(event) } };
  const canary = new Canary({
    ...ports,
    bus,
    id: 'me',
    intervalMs: 3000,
    progress: { readUpTo: () => undefined },
    dispatcher: {
      probe: async () => {
        if (cut.plane !== '') throw new Error(cut.plane);
      },
    },
    store: {
      commit: async () => {
        if (cut.store !== '') throw new Error(cut.store);
      },
    },
  });
  const health = new Health({
    ...ports,
    progress: {
      get lostReason() {
        return lost;
      },
    },
    dispatcher: { status: () => ({ outage: null }) as never },
    canary,
    canaryIntervalMs: 3000,
  });
  const seen: string[] = [];
  const subscription = canary.watched().subscribe({ from: 'now', prefixes: [], name: 'reactor' });
  const reading = (async () => {
    for await (const message of subscription) {
      if (message.kind === 'gap') continue;
      seen.push(...message.batch.tags);
      storedSeq = message.nextSeq;
      if (!cut.journal) setImmediate(() => canary.stored(storedSeq));
    }
  })();
  canary.start();
  health.start();
  await clock.advance(0);
  await settled();
  const stop = async (): Promise<void> => {
    canary.stop();
    health.stop();
    subscription.close();
    await reading;
    await real.close();
    expect(clock.pending).toBe(0);
  };
  const told = (): TraceEvent[] => traces.filter(({ kind }) => kind === 'health.changed');
  const setLost = (reason: string | null): void => {
    lost = reason;
  };
  /** Virtual time with turns of the real loop in between, as the events need them. */
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 500) {
      await clock.advance(500);
      await settled();
      await settled();
    }
  };
  return { clock, real, log, cut, canary, health, seen, told, setLost, pass, stop };
}

test('comes through, is seen by no rule and by no reader that did not ask, and makes the reactor ready', async () => {
  const { real, log, canary, health, seen, told, pass, stop } = await setUp();
  const watching = real.subscribe({ from: 1, prefixes: [], name: 'watch' });
  const asking = real.subscribe({ from: 1, prefixes: [canaryPrefix], name: 'asks' });
  await pass(10_000);
  await real.publish([{ tag: 'acme/x', data: new Map() }]);
  await pass(1000);
  expect(health.problems()).toEqual([]);
  expect(canary.state()).toMatchObject({ stuck: null, problem: null, tookMs: 0 });
  expect(health.toValue().get('ready')).toBe(true);
  expect(log.nextSeq()).toBe(6);
  expect(seen).toEqual(['acme/x']);
  const first = async (bus: typeof watching): Promise<readonly string[]> => {
    for await (const message of bus) if (message.kind === 'events') return message.batch.tags;
    return [];
  };
  expect(await first(watching)).toEqual(['acme/x']);
  expect(await first(asking)).toEqual([`${canaryPrefix}me/1`]);
  expect(told()).toEqual([]);
  watching.close();
  asking.close();
  await stop();
});

test.each([
  ['publish', { publish: 'silent' }, 'stuck at publish'],
  ['journal', { journal: true }, 'stuck at journal'],
  ['publish', { publish: 'the bus is away' }, 'failed at publish: the bus is away'],
  ['dispatch', { plane: 'nobody answers' }, 'failed at dispatch: nobody answers'],
  ['outcome', { store: 'disk full' }, 'failed at outcome: disk full'],
])('is red within ten seconds of a cut at %s, says so once, and heals by itself', async (_, what, reason) => {
  const { cut, health, told, pass, stop } = await setUp();
  await pass(5000);
  expect(health.problems()).toEqual([]);
  Object.assign(cut, what);
  await pass(10_000);
  expect(health.problems()).toHaveLength(1);
  expect(health.problems()[0]).toContain(reason);
  await pass(50_000);
  expect(told()).toHaveLength(1);
  Object.assign(cut, { publish: '', journal: false, plane: '', store: '' });
  await pass(20_000);
  expect(health.problems()).toEqual([]);
  expect(told()).toMatchObject([{ ready: false }, { ready: true }]);
  await stop();
});

test('is red at once when the bus is lost, and as long as nothing came through at all', async () => {
  const { cut, health, setLost, pass, stop } = await setUp();
  await pass(1000);
  setLost('the socket is gone');
  expect(health.problems()).toEqual(['the bus is not followed: the socket is gone']);
  setLost(null);
  expect(health.problems()).toEqual([]);
  cut.publish = 'silent';
  await stop();
  const clock = new VirtualClock();
  const health2 = new Health({
    clock,
    telemetry: { emit: () => undefined },
    progress: { lostReason: null },
    dispatcher: { status: () => ({ outage: 'refused' }) as never },
    canary: { silentMs: 1, state: () => ({ ageMs: null, tookMs: null, stuck: null, problem: null }) },
    canaryIntervalMs: 3000,
  });
  expect(health2.problems()).toEqual([
    'the control plane cannot be reached: refused',
    'no canary event has come through yet',
  ]);
});
