import { expect, test } from 'vitest';
import { connectLink, type LinkClient, packValue, socketPath, unpackValue } from '../../../src/bus/index.ts';
import { mapOf, type Value, type ValueMap } from '../../../src/core/index.ts';
import { systemClock } from '../../../src/system/index.ts';
import { temporaryFolder } from '../../support/temp.ts';
import {
  publish,
  RecordingPlane,
  range,
  rules,
  settingsOf,
  source,
  startReactor,
  writeRules,
} from './support.ts';

const onlyOther = `
rules:
  other:
    on: acme/*
    do:
      - runner.test.other: {args: {n: '{{ data.n }}'}}
`;

async function withAdmin<T>(sockDir: string, work: (ask: Ask) => Promise<T>): Promise<T> {
  const link: LinkClient = connectLink({
    endpoint: `ipc://${socketPath(sockDir, 'reactor')}`,
    clock: systemClock,
  });
  try {
    return await work(async (verb, payload = {}) =>
      unpackValue(await link.request(verb, packValue(mapOf(payload)), 5000)),
    );
  } finally {
    await link.close();
  }
}

type Ask = (verb: string, payload?: Record<string, Value>) => Promise<Value>;

const at = (value: Value, key: string): Value | undefined => (value as ValueMap).get(key);

test('a reload swaps all rules at once; one with errors keeps the last good ones and shows why', async () => {
  using folder = temporaryFolder();
  writeRules(folder.path, rules);
  const { bus } = source();
  const plane = new RecordingPlane();
  const { reactor, traces } = await startReactor(settingsOf(folder.path), bus, plane);
  writeRules(folder.path, 'rules:\n  broken: {on: acme/*, do: [{runner.test.arg: {}}], colour: red}\n');
  const bad = await reactor.reload();
  expect(bad).toMatchObject({ ok: false, rules: 2 });
  expect(bad.problems[0]).toMatchObject({ line: 2, severity: 'error' });
  expect(traces.of('rules.refused')[0]?.message).toContain('colour');
  await publish(bus, [2]);
  await traces.until(() => plane.done.size === 2);
  writeRules(folder.path, onlyOther);
  const good = await reactor.reload();
  expect(good).toMatchObject({ ok: true, rules: 1, problems: [] });
  expect(good.hash).not.toBe(bad.hash);
  await publish(bus, [4]);
  await traces.until(() => plane.done.size === 3);
  expect(plane.reactions.map(({ cause }) => cause.rule)).toEqual(['first', 'second', 'other']);
  await reactor.stop();
});

test('at the first start the rules without problems run, and the others are shown', async () => {
  using folder = temporaryFolder();
  writeRules(folder.path, rules);
  writeRules(folder.path, 'rules:\n  broken: {on: acme/*, colour: red}\n', 'broken.yaml');
  const { bus } = source();
  const plane = new RecordingPlane();
  const { reactor, traces } = await startReactor(settingsOf(folder.path), bus, plane);
  expect(traces.of('rules.refused')).toHaveLength(1);
  expect(reactor.status().get('rules')).toBe(2);
  expect(reactor.status().get('problems')).not.toEqual([]);
  await publish(bus, [1]);
  await traces.until(() => plane.done.size === 1);
  await reactor.stop();
});

test('with `watch` a changed file is enough', async () => {
  using folder = temporaryFolder();
  writeRules(folder.path, rules);
  const { bus } = source();
  const plane = new RecordingPlane();
  const settings = settingsOf(folder.path, { watch: true });
  const { reactor, traces } = await startReactor(settings, bus, plane);
  writeRules(folder.path, onlyOther);
  await traces.until(() => traces.of('rules.loaded').length === 2);
  await publish(bus, [1]);
  await traces.until(() => plane.done.size === 1);
  expect(plane.reactions[0]?.cause.rule).toBe('other');
  await reactor.stop();
});

test('dead letters are listed, shown, sent again with the same ids, and dropped', async () => {
  using folder = temporaryFolder();
  writeRules(folder.path, onlyOther);
  const { log, bus } = source();
  const plane = new RecordingPlane();
  plane.mode = 'refuse';
  const settings = settingsOf(folder.path);
  const { reactor, traces } = await startReactor(settings, bus, plane);
  await publish(bus, range(1, 3));
  await traces.until(() => traces.of('reaction.dead').length === 3);
  plane.mode = 'done';
  await withAdmin(settings.sockDir, async (ask) => {
    const listed = (await ask('dlq.list')) as ValueMap[];
    expect(listed.map((letter) => letter.get('id'))).toEqual(range(1, 3).map((n) => `${log.id}-${n}.0`));
    expect(listed[0]?.get('reason')).toBe('refused');
    const shown = await ask('dlq.show', { id: `${log.id}-1.0` });
    expect(at(shown, 'tag')).toBe('acme/x');
    expect(at(shown, 'action')).toBe('runner test.other');
    await ask('dlq.retry', { id: `${log.id}-1.0` });
    await traces.until(() => plane.done.size === 1);
    expect(plane.reactions.at(-1)).toEqual(plane.reactions[0]);
    await ask('dlq.drop', { ids: [`${log.id}-2.0`] });
    expect(((await ask('dlq.list')) as Value[]).length).toBe(1);
    await ask('dlq.retry', { all: true });
    await traces.until(() => plane.done.size === 2);
    expect(await ask('dlq.list')).toEqual([]);
    await expect(ask('dlq.show', { id: 'nothing' })).rejects.toMatchObject({ code: 'NO_SUCH_RECORD' });
    await expect(ask('dlq.retry', {})).rejects.toMatchObject({ code: 'BAD_ARGUMENT' });
  });
  await reactor.stop();
});

test('the admin socket tells the status and why each rule decided as it did', async () => {
  using folder = temporaryFolder();
  writeRules(folder.path, rules);
  const { log, bus } = source();
  const settings = settingsOf(folder.path);
  const { reactor, traces } = await startReactor(settings, bus, new RecordingPlane());
  await publish(bus, range(1, 4));
  await traces.until(() => traces.of('reaction.settled').length === 6);
  await withAdmin(settings.sockDir, async (ask) => {
    const status = await ask('status');
    expect(at(status, 'cursor')).toBe(5);
    expect(at(status, 'lag')).toBe(0);
    expect(at(status, 'outbox')).toBe(0);
    const decisions = (await ask('decisions', { event: `${log.id}-2` })) as Value[];
    expect(decisions.map((decision) => at(decision, 'verdict'))).toEqual(['fired', 'fired']);
    const [reaction] = at(decisions[0] ?? null, 'reactions') as Value[];
    expect(at(at(reaction ?? null, 'outcome') ?? null, 'ok')).toBe(true);
    const newest = (await ask('decisions', { limit: 3 })) as Value[];
    expect(newest.map((decision) => at(decision, 'seq'))).toEqual([4, 4, 3]);
    expect(at(await ask('reload'), 'ok')).toBe(true);
    await expect(ask('nothing')).rejects.toMatchObject({ code: 'BAD_MESSAGE' });
  });
  await reactor.stop();
});

test('a reactor that is added while it runs survives a reload and can be deleted', async () => {
  using folder = temporaryFolder();
  writeRules(folder.path, onlyOther);
  writeRules(folder.path, 'x:\n  runner.test.added:\n    - args: [{n: {{ data.n }}}]\n', 'added.sls');
  const { bus } = source();
  const settings = settingsOf(folder.path);
  const plane = new RecordingPlane();
  const { reactor, traces } = await startReactor(settings, bus, plane);
  await withAdmin(settings.sockDir, async (ask) => {
    const file = `${folder.path}/reactors/added.sls`;
    const missing = await ask('reactors.add', { event: 'more/*', reactors: ['/nowhere.sls'] });
    expect(at(missing, 'status')).toBe(false);
    expect(reactor.status().get('problems')).toEqual([]);
    const added = await ask('reactors.add', { event: 'more/*', reactors: [file] });
    expect(at(added, 'status')).toBe(true);
    expect(at(await ask('reactors.add', { event: 'more/*', reactors: [file] }), 'status')).toBe(false);
    await ask('reload');
    expect(await ask('reactors.list')).toContainEqual(new Map([['more/*', [file]]]));
    await publish(bus, [1], 'more/x');
    await traces.until(() => plane.done.size === 1);
    expect(plane.reactions[0]?.action).toMatchObject({ kind: 'runner', fun: 'test.added' });
    expect(at(await ask('reactors.delete', { event: 'more/*' }), 'status')).toBe(true);
    expect(at(await ask('reactors.delete', { event: 'acme/*' }), 'status')).toBe(false);
    expect((await ask('reactors.list')) as Value[]).toHaveLength(1);
  });
  await reactor.stop();
});
