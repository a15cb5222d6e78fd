import { expect, test } from 'vitest';
import { temporaryFolder } from '../../support/temp.ts';
import {
  inJournal,
  publish,
  RecordingPlane,
  range,
  rules,
  settingsOf,
  source,
  startReactor,
  writeRules,
} from './support.ts';

test('begins with the next event, and after a stop goes on where it stopped', async () => {
  using folder = temporaryFolder();
  writeRules(folder.path, rules);
  const settings = settingsOf(folder.path);
  const { log, bus } = source();
  const plane = new RecordingPlane();
  await publish(bus, range(1, 5));
  const first = await startReactor(settings, bus, plane);
  await publish(bus, range(6, 9));
  await first.traces.until(() => first.traces.of('reaction.settled').length === 6);
  await first.reactor.stop();
  await publish(bus, range(10, 19));
  const second = await startReactor(settings, bus, plane);
  await second.traces.until(() => second.traces.of('reaction.settled').length === 15);
  await second.reactor.stop();
  await inJournal(folder.path, (store) => {
    expect(store.cursor(log.id)).toBe(20);
    expect(store.outboxSize()).toBe(0);
    expect(store.decisionsOf(`${log.id}-5`)).toEqual([]);
    for (const seq of range(6, 19)) {
      const decisions = store.decisionsOf(`${log.id}-${seq}`);
      expect(decisions.map(({ rule, verdict }) => [rule, verdict])).toEqual([
        ['first', 'fired'],
        ['second', seq % 2 === 0 ? 'fired' : 'condition-false'],
      ]);
    }
  });
  expect(plane.done.size).toBe(21);
  expect(plane.reactions).toHaveLength(21);
});

test('stamps every reaction with its ids, its cause and its depth', async () => {
  using folder = temporaryFolder();
  writeRules(folder.path, rules);
  const { log, bus } = source();
  const plane = new RecordingPlane();
  const { reactor, traces } = await startReactor(settingsOf(folder.path), bus, plane);
  await bus.publish([{ tag: 'acme/x', data: new Map([['n', 2]]), head: { depth: 3 } }]);
  await traces.until(() => traces.of('reaction.settled').length === 2);
  expect(plane.reactions).toMatchObject([
    { id: `${log.id}-1.0`, cause: { event: `${log.id}-1`, rule: 'first' }, depth: 4 },
    { id: `${log.id}-1.1`, cause: { event: `${log.id}-1`, rule: 'second' }, depth: 4 },
  ]);
  expect(plane.reactions[0]?.action).toMatchObject({ kind: 'runner', fun: 'test.arg' });
  expect(plane.reactions[0]?.jid).toMatch(/^\d{20}$/);
  expect(plane.reactions[0]?.jid).not.toBe(plane.reactions[1]?.jid);
  await reactor.stop();
});

test('a crash between commit and dispatch repeats no decision, and the reactions keep their job ids', async () => {
  using folder = temporaryFolder();
  writeRules(folder.path, rules);
  const settings = settingsOf(folder.path);
  const { log, bus } = source();
  // A plane that never answers: what was committed stays in the outbox, as after a crash.
  const deaf = new RecordingPlane();
  deaf.mode = 'silent';
  const first = await startReactor(settings, bus, deaf);
  await publish(bus, range(1, 100));
  await first.traces.until(() => first.traces.of('event.decided').length === 200);
  await first.reactor.stop();
  const left = await inJournal(folder.path, (store) => [...store.outbox()]);
  expect(left).toHaveLength(150);
  const plane = new RecordingPlane();
  const second = await startReactor(settings, bus, plane);
  await publish(bus, [101]);
  await second.traces.until(() => second.traces.of('reaction.settled').length === 151);
  await second.reactor.stop();
  const expected = left.map(({ reaction }) => [reaction.id, reaction.jid]);
  expect(plane.reactions.slice(0, 150).map(({ id, jid }) => [id, jid])).toEqual(expected);
  expect(new Set(plane.reactions.map(({ jid }) => jid)).size).toBe(151);
  await inJournal(folder.path, (store) => {
    for (const seq of range(1, 101)) expect(store.decisionsOf(`${log.id}-${seq}`)).toHaveLength(2);
    expect(store.settlement(`${log.id}-100.1`)?.outcome).toMatchObject({ ok: true, repeated: false });
  });
}, 20_000);

test('an event whose data cannot be read gets a decision that says so', async () => {
  using folder = temporaryFolder();
  writeRules(folder.path, rules);
  const { log, bus } = source();
  const { reactor, traces } = await startReactor(settingsOf(folder.path), bus, new RecordingPlane());
  await log.append([
    { tags: ['acme/x', 'other'], bodies: [Buffer.from([0xc1]), Buffer.from([0xc1])], heads: null },
  ]);
  await publish(bus, [1]);
  await traces.until(() => traces.of('reaction.settled').length === 1);
  await reactor.stop();
  await inJournal(folder.path, (store) => {
    const decisions = store.decisionsOf(`${log.id}-1`);
    expect(decisions.map(({ rule, verdict }) => [rule, verdict])).toEqual([
      ['first', 'undecodable'],
      ['second', 'undecodable'],
    ]);
    expect(store.decisionsOf(`${log.id}-2`)).toEqual([]);
  });
});

test('a chain of reactions that is too long is stopped and told', async () => {
  using folder = temporaryFolder();
  writeRules(folder.path, rules);
  const { bus } = source();
  const plane = new RecordingPlane();
  const { reactor, traces } = await startReactor(settingsOf(folder.path), bus, plane);
  await bus.publish([{ tag: 'acme/x', data: new Map([['n', 2]]), head: { depth: 9 } }]);
  await traces.until(() => traces.of('loop.stopped').length === 2);
  expect(traces.of('loop.stopped')[0]).toMatchObject({ rule: 'first', depth: 9 });
  expect(plane.reactions).toEqual([]);
  await reactor.stop();
});

test('events that were trimmed before it read them are a gap, which it tells and counts', async () => {
  using folder = temporaryFolder();
  writeRules(folder.path, rules);
  const settings = settingsOf(folder.path);
  const { bus } = source('source01', 10);
  const first = await startReactor(settings, bus, new RecordingPlane());
  await first.reactor.stop();
  for (const n of range(1, 40)) await publish(bus, [n]);
  const plane = new RecordingPlane();
  const second = await startReactor(settings, bus, plane);
  await second.traces.until(() => plane.done.size >= 15);
  expect(second.traces.of('bus.gap')).toHaveLength(1);
  expect(second.reactor.status().get('gaps')).toBe(1);
  await second.reactor.stop();
  const third = await startReactor(settings, bus, plane);
  expect(third.reactor.status().get('gaps')).toBe(1);
  await third.reactor.stop();
});

test('a new log is read from its first event when the reactor has worked before', async () => {
  using folder = temporaryFolder();
  writeRules(folder.path, rules);
  const settings = settingsOf(folder.path);
  const old = source('oldlog01');
  const plane = new RecordingPlane();
  const first = await startReactor(settings, old.bus, plane);
  await first.reactor.stop();
  const fresh = source('newlog01');
  await publish(fresh.bus, [1, 3]);
  const second = await startReactor(settings, fresh.bus, plane);
  await second.traces.until(() => plane.done.size === 2);
  expect(plane.reactions.map(({ id }) => id)).toEqual(['newlog01-1.0', 'newlog01-2.0']);
  await second.reactor.stop();
});

test('a second reactor on the same data is refused', async () => {
  using folder = temporaryFolder();
  writeRules(folder.path, rules);
  const { bus } = source();
  const settings = settingsOf(folder.path);
  const { reactor } = await startReactor(settings, bus, new RecordingPlane());
  await expect(startReactor(settings, bus, new RecordingPlane())).rejects.toMatchObject({
    code: 'DATA_DIR_IN_USE',
  });
  await publish(bus, [1]);
  await reactor.stop();
});

test('while the control plane is away it takes no more than it can hold, and loses nothing', async () => {
  using folder = temporaryFolder();
  writeRules(folder.path, rules);
  const { bus } = source();
  const plane = new RecordingPlane();
  plane.mode = 'away';
  const settings = settingsOf(folder.path, { inFlightMax: 16 });
  const { reactor, traces } = await startReactor(settings, bus, plane);
  for (let i = 0; i < 50; i += 1) await publish(bus, range(i * 10 + 1, i * 10 + 10));
  await traces.until(() => traces.of('reaction.retry').length > 0);
  const held = Number(reactor.status().get('outbox'));
  expect(held).toBeGreaterThan(0);
  expect(held).toBeLessThan(750);
  expect(reactor.status().get('outage')).toBe('the plane is away');
  plane.mode = 'done';
  await traces.until(() => traces.of('reaction.settled').length === 750);
  await reactor.stop();
}, 20_000);
