import { expect, test } from 'vitest';
import type { Lookup, Lookups, Value } from '../../../src/core/index.ts';
import { createReactor, type Reactor } from '../../../src/reactor/index.ts';
import { systemClock, systemIds } from '../../../src/system/index.ts';
import { eventually } from '../../support/brine.ts';
import { temporaryFolder } from '../../support/temp.ts';
import {
  inJournal,
  publish,
  RecordingPlane,
  range,
  settingsOf,
  source,
  Traces,
  writeRules,
} from './support.ts';

const rules = `
rules:
  asks:
    on: acme/ask
    do:
      - runner.test.arg: {args: {n: '{{ data.n }}', told: "{{ salt['mine.get']('q' ~ data.n % 10) }}"}}
  plain:
    on: acme/plain
    do:
      - runner.test.arg: {args: {n: '{{ data.n }}'}}
`;

/** Answers when it is told to. */
class Answers implements Lookups {
  readonly asked: string[] = [];
  readonly #open = new Map<string, (value: Value) => void>();
  /** Answers at once from now on. */
  willing = false;

  ask({ arg: [name] }: Lookup): Promise<Value> {
    const key = String(name as string);
    this.asked.push(key);
    if (this.willing) return Promise.resolve(key);
    return new Promise((resolve) => this.#open.set(key, resolve));
  }

  tell(key: string): void {
    this.#open.get(key)?.(key);
  }
}

async function start(
  folder: string,
  bus: ReturnType<typeof source>['bus'],
  lookups: Lookups,
): Promise<{ reactor: Reactor; traces: Traces; plane: RecordingPlane; fired: () => number[] }> {
  const plane = new RecordingPlane();
  const traces = new Traces();
  const deps = { clock: systemClock, ids: systemIds(systemClock), telemetry: traces };
  const reactor = createReactor(settingsOf(folder), { ...deps, bus, plane, lookups });
  await reactor.start();
  const fired = (): number[] =>
    plane.reactions.map(({ action }) => (action.kind === 'runner' ? Number(action.kwarg.get('n')) : 0));
  return { reactor, traces, plane, fired };
}

const waiting = (reactor: Reactor): unknown => reactor.status().get('waiting_for_answers');

test('other events pass one that waits; a rule gets its own in order; late decisions are found', async () => {
  using folder = temporaryFolder();
  writeRules(folder.path, rules);
  const { log, bus } = source();
  const answers = new Answers();
  const { reactor, traces, plane, fired } = await start(folder.path, bus, answers);
  await publish(bus, [1], 'acme/ask');
  await publish(bus, range(2, 40), 'acme/plain');
  await publish(bus, [42], 'acme/ask');
  await publish(bus, range(43, 60), 'acme/plain');
  await traces.until(() => traces.of('reaction.settled').length === 57);
  expect(fired()).toEqual([...range(2, 40), ...range(43, 60)]);
  expect(waiting(reactor)).toBe(2);
  answers.tell('q2');
  await eventually(() => (traces.of('lookup.answered').length === 1 ? true : undefined), 'an answer');
  expect(waiting(reactor)).toBe(2);
  answers.tell('q1');
  await traces.until(() => traces.of('reaction.settled').length === 59);
  expect(fired().slice(-2)).toEqual([1, 42]);
  expect(plane.reactions.at(-1)).toMatchObject({ id: `${log.id}-41.0` });
  expect(plane.reactions.at(-1)?.jid).toSatisfy((jid: string) => jid > (plane.reactions.at(-2)?.jid ?? ''));
  expect(waiting(reactor)).toBe(0);
  await reactor.stop();
  await inJournal(folder.path, (store) => {
    expect(store.cursor(log.id)).toBe(60);
    for (const seq of range(1, 59)) {
      const [decision, ...more] = store.decisionsOf(`${log.id}-${seq}`);
      expect([decision?.verdict, more]).toEqual(['fired', []]);
      expect(decision?.lookups?.map(({ answer }) => answer)).toEqual(
        seq === 1 ? [{ ok: true, value: 'q1' }] : seq === 41 ? [{ ok: true, value: 'q2' }] : undefined,
      );
    }
  });
});

test('what waits at a stop is asked again and decided once, even when the next process stops too', async () => {
  using folder = temporaryFolder();
  writeRules(folder.path, rules);
  const { log, bus } = source();
  const first = await start(folder.path, bus, new Answers());
  await publish(bus, [1, 2], 'acme/ask');
  await publish(bus, [3], 'acme/plain');
  await publish(bus, [4], 'acme/ask');
  await first.traces.until(() => first.traces.of('reaction.settled').length === 1);
  await eventually(() => (waiting(first.reactor) === 3 ? true : undefined), 'three that wait');
  await first.reactor.stop();

  const answers = new Answers();
  const second = await start(folder.path, bus, answers);
  await eventually(() => (answers.asked.length === 3 ? true : undefined), 'the questions');
  answers.tell('q1');
  await second.traces.until(() => second.traces.of('reaction.settled').length === 1);
  await second.reactor.stop();
  expect(second.fired()).toEqual([1]);

  const willing = new Answers();
  willing.willing = true;
  const third = await start(folder.path, bus, willing);
  await third.traces.until(() => third.traces.of('reaction.settled').length === 2);
  await publish(bus, [5], 'acme/plain');
  await third.traces.until(() => third.traces.of('reaction.settled').length === 3);
  await third.reactor.stop();
  expect(third.fired()).toEqual([2, 4, 5]);
  await inJournal(folder.path, (store) => {
    expect(store.cursor(log.id)).toBe(6);
    expect(new TextDecoder().decode(store.state('waiting'))).toBe('[]');
    for (const seq of range(1, 5)) expect(store.decisionsOf(`${log.id}-${seq}`)).toHaveLength(1);
  });
});

test('reads no further while as many wait as may, and loses none', async () => {
  using folder = temporaryFolder();
  writeRules(folder.path, rules);
  const { bus } = source();
  const answers = new Answers();
  const { reactor, traces, fired } = await start(folder.path, bus, answers);
  await publish(bus, range(1, 100), 'acme/ask');
  await eventually(() => (waiting(reactor) === 16 ? true : undefined), 'a full room');
  await eventually(() => (answers.asked.length === 8 ? true : undefined), 'as many questions as may be');
  answers.willing = true;
  for (const key of answers.asked.slice()) answers.tell(key);
  await traces.until(() => traces.of('reaction.settled').length === 100);
  expect(fired()).toEqual(range(1, 100));
  // All events were there when the first question was put: ten questions are enough for a hundred of them.
  expect(answers.asked.length).toBeLessThanOrEqual(20);
  await reactor.stop();
});

test('a look-up that never ends fails at its limit, for those behind it too', async () => {
  using folder = temporaryFolder();
  writeRules(folder.path, rules);
  const { log, bus } = source();
  const { reactor, traces } = await start(folder.path, bus, { ask: () => new Promise(() => undefined) });
  const beganMs = Date.now();
  await publish(bus, range(1, 5), 'acme/ask');
  await traces.until(() => traces.of('event.decided').length === 5);
  expect(Date.now() - beganMs).toBeLessThan(8000);
  expect(traces.of('lookup.answered').every(({ outcome }) => outcome === 'timeout')).toBe(true);
  await reactor.stop();
  await inJournal(folder.path, (store) => {
    const [decision] = store.decisionsOf(`${log.id}-1`);
    expect(decision).toMatchObject({ verdict: 'problem', problems: [{ code: 'LOOKUP_FAILED' }] });
    expect(decision?.reason).toContain('no answer within 2 s, the limit of lookup_timeout');
  });
});
