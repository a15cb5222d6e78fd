import { expect, test } from 'vitest';
import {
  type ControlPlane,
  type Outcome,
  type Reaction,
  type ReactorStore,
  type TraceEvent,
} from '../../../src/core/index.ts';
import { createDispatcher, type Dispatcher } from '../../../src/dispatch/index.ts';
import { settled, VirtualClock } from '../../support/virtual-clock.ts';
import { done, entryOf, failure, MemoryStore } from './support.ts';

type Submit = (reactions: readonly Reaction[]) => Outcome[] | Promise<Outcome[]>;

function bench(submit: Submit, limits: { inFlightMax?: number; attemptsMax?: number } = {}) {
  const clock = new VirtualClock();
  const store = new MemoryStore();
  const traces: TraceEvent[] = [];
  const batches: Reaction[][] = [];
  const plane: ControlPlane = {
    submit: async (reactions) => {
      batches.push([...reactions]);
      return submit(reactions);
    },
  };
  const make = (): Dispatcher =>
    createDispatcher({
      store: store as unknown as ReactorStore,
      plane,
      clock,
      ids: { jid: () => '', random: () => '', fraction: () => 0.5 },
      telemetry: { emit: (event) => traces.push(event) },
      inFlightMax: limits.inFlightMax ?? 1000,
      attemptsMax: limits.attemptsMax ?? 3,
      retryBaseMs: 1000,
      retryMaxMs: 5000,
    });
  const offer = async (dispatcher: Dispatcher, count: number): Promise<void> => {
    const entries = Array.from({ length: count }, (_, i) => entryOf(i + 1));
    await store.commit({ outbox: entries });
    dispatcher.offer(entries);
  };
  return { clock, store, traces, batches, make, offer };
}

/** A submit whose outcomes come when the test says so. */
function held(): { submit: Submit; release: (outcome?: (reaction: Reaction) => Outcome) => void } {
  let waiting: (() => void)[] = [];
  let answer: (reaction: Reaction) => Outcome = done;
  return {
    submit: (reactions) =>
      new Promise((resolve) => waiting.push(() => resolve(reactions.map((r) => answer(r))))),
    release: (outcome = done) => {
      answer = outcome;
      const now = waiting;
      waiting = [];
      for (const go of now) go();
    },
  };
}

test('sends in batches, in order, and records what was done', async () => {
  const { store, batches, make, offer, traces } = bench((reactions) => reactions.map(done));
  const dispatcher = make();
  dispatcher.start();
  await offer(dispatcher, 600);
  await settled();
  expect(batches.map((batch) => batch.length)).toEqual([256, 256, 88]);
  expect(batches.flat().map(({ id }) => id)).toEqual(
    Array.from({ length: 600 }, (_, i) => `abcd-${i + 1}.0`),
  );
  expect(store.entries.size).toBe(0);
  expect(store.settled).toHaveLength(600);
  expect(traces.filter(({ kind }) => kind === 'reaction.settled')).toHaveLength(600);
  await dispatcher.stop();
});

test('has four batches under way at most, and wants no more while the next ones are full', async () => {
  const { submit, release } = held();
  const { batches, make, offer } = bench(submit, { inFlightMax: 10_000 });
  const dispatcher = make();
  dispatcher.start();
  await offer(dispatcher, 4 * 256 + 1024);
  await settled();
  expect(batches.map((batch) => batch.length)).toEqual([256, 256, 256, 256]);
  expect([dispatcher.hasRoom(), dispatcher.status().ready]).toEqual([false, 1024]);
  release();
  await dispatcher.whenRoom();
  await settled();
  expect(batches).toHaveLength(8);
  expect([dispatcher.hasRoom(), dispatcher.status().ready]).toEqual([true, 0]);
  release();
  await dispatcher.stop();
  expect(dispatcher.status().settled).toBe(2048);
});

test('has at most inFlightMax reactions with the control plane, and tells when there is room', async () => {
  const { submit, release } = held();
  const { batches, make, offer } = bench(submit, { inFlightMax: 300 });
  const dispatcher = make();
  dispatcher.start();
  await offer(dispatcher, 1300);
  await settled();
  expect(batches.map((batch) => batch.length)).toEqual([256, 44]);
  expect(dispatcher.hasRoom()).toBe(false);
  let room = false;
  const whenRoom = dispatcher.whenRoom().then(() => {
    room = true;
  });
  await settled();
  expect(room).toBe(false);
  release();
  await whenRoom;
  expect(dispatcher.hasRoom()).toBe(true);
  for (let i = 0; i < 5; i += 1) {
    release();
    await settled();
  }
  expect(batches.flat()).toHaveLength(1300);
  await dispatcher.stop();
});

test('a retryable failure is tried again later with the same ids, and dies when its attempts are used up', async () => {
  const { clock, store, batches, make, offer, traces } = bench((reactions) =>
    reactions.map(() => failure('timeout', true)),
  );
  const dispatcher = make();
  dispatcher.start();
  await offer(dispatcher, 1);
  await settled();
  const [postponed] = store.entries.values();
  expect(postponed).toMatchObject({ attempts: 1, notBeforeMs: clock.nowMs() + 750 });
  await clock.advance(749);
  expect(batches).toHaveLength(1);
  await clock.advance(1);
  expect(batches).toHaveLength(2);
  expect([...store.entries.values()][0]).toMatchObject({
    attempts: 2,
    notBeforeMs: clock.nowMs() + 1500,
  });
  await clock.advance(1500);
  expect(batches).toHaveLength(3);
  expect(batches[2]).toEqual(batches[0]);
  expect(store.entries.size).toBe(0);
  expect(store.dead).toMatchObject([{ reaction: { id: 'abcd-1.0' }, attempts: 3, reason: 'timeout' }]);
  await clock.advance(100_000);
  expect(batches).toHaveLength(3);
  expect(traces.map(({ kind }) => kind)).toEqual(['reaction.retry', 'reaction.retry', 'reaction.dead']);
  expect(clock.pending).toBe(0);
  await dispatcher.stop();
});

test('what cannot be retried dies at once and does not disturb its neighbours', async () => {
  const { store, make, offer } = bench((reactions) =>
    reactions.map((r) => (r.id === 'abcd-2.0' ? failure('bad-arguments', false) : done(r))),
  );
  const dispatcher = make();
  dispatcher.start();
  await offer(dispatcher, 3);
  await settled();
  expect(store.settled.map(({ reaction }) => reaction)).toEqual(['abcd-1.0', 'abcd-3.0']);
  expect(store.dead).toMatchObject([{ reaction: { id: 'abcd-2.0' }, attempts: 1 }]);
  await dispatcher.stop();
});

test('an unreachable control plane costs no attempts, is told once, and everything goes when it is back', async () => {
  let reachable = false;
  const { clock, store, batches, make, offer, traces } = bench((reactions) => {
    if (!reachable) throw new Error('connection refused');
    return reactions.map(done);
  });
  const dispatcher = make();
  dispatcher.start();
  await offer(dispatcher, 600);
  await settled();
  expect(batches.map((batch) => batch.length)).toEqual([256, 256, 88]);
  expect(dispatcher.status()).toMatchObject({ outage: 'connection refused', ready: 600, inFlight: 0 });
  await clock.advance(60_000);
  const probes = batches.slice(3);
  expect(probes.length).toBeGreaterThan(5);
  expect(probes.every((batch) => batch.length === 1 && batch[0]?.id === 'abcd-1.0')).toBe(true);
  const told = traces.filter((trace) => trace.kind === 'reaction.retry');
  expect(told.length).toBeLessThanOrEqual(7);
  expect(told[0]).toMatchObject({ reason: 'unreachable', reaction: 'abcd-1.0' });
  expect([...store.entries.values()].every(({ attempts }) => attempts === 0)).toBe(true);
  reachable = true;
  await clock.advance(5000);
  expect(store.settled.map(({ reaction }) => reaction)).toEqual(
    Array.from({ length: 600 }, (_, i) => `abcd-${i + 1}.0`),
  );
  expect(dispatcher.status().outage).toBeNull();
  await dispatcher.stop();
});

test('an outcome that cannot be recorded is recorded later, without a second attempt', async () => {
  const { clock, store, batches, make } = bench((reactions) => reactions.map(done));
  const dispatcher = make();
  dispatcher.start();
  await store.commit({ outbox: [entryOf(1)] });
  store.fail = 2;
  dispatcher.offer([entryOf(1)]);
  await clock.advance(5000);
  expect(batches).toHaveLength(1);
  expect(store.settled).toHaveLength(1);
  await dispatcher.stop();
});

test('a restart takes up the outbox with the same ids and waits for what is postponed', async () => {
  const first = held();
  const { clock, store, batches, make, offer } = bench((reactions) => first.submit(reactions));
  const dispatcher = make();
  dispatcher.start();
  await offer(dispatcher, 2);
  await settled();
  const stopped = dispatcher.stop();
  first.release(() => failure('timeout', true));
  await stopped;
  expect(store.entries.size).toBe(2);
  const again = make();
  again.start();
  await settled();
  expect(batches).toHaveLength(1);
  await clock.advance(750);
  expect(batches[1]).toEqual(batches[0]);
  first.release();
  await settled();
  expect(store.settled).toHaveLength(2);
  await again.stop();
});

test('stopping while the disk is full gives up recording and leaves the outbox', async () => {
  const { store, make } = bench((reactions) => reactions.map(done));
  const dispatcher = make();
  dispatcher.start();
  await store.commit({ outbox: [entryOf(1)] });
  store.fail = 1000;
  dispatcher.offer([entryOf(1)]);
  await settled();
  await dispatcher.stop();
  expect(store.entries.size).toBe(1);
});

test('an entry that it holds already is not sent twice', async () => {
  const { submit, release } = held();
  const { batches, make } = bench(submit);
  const dispatcher = make();
  dispatcher.start();
  dispatcher.offer([entryOf(1)]);
  dispatcher.offer([entryOf(1), entryOf(2)]);
  await settled();
  expect(batches.flat().map(({ id }) => id)).toEqual(['abcd-1.0', 'abcd-2.0']);
  release();
  await dispatcher.stop();
});
