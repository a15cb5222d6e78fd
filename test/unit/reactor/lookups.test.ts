import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LookupSettings } from '../../../src/config/index.ts';
import {
  type Answer,
  BrineError,
  type Event,
  type Lookup,
  type Lookups,
  lookupKey,
  type Value,
} from '../../../src/core/index.ts';
import { Resolver } from '../../../src/reactor/lookups/resolver.ts';
import { Unfinished } from '../../../src/reactor/lookups/unfinished.ts';
import { WaitingRoom } from '../../../src/reactor/lookups/waiting-room.ts';
import { settled, VirtualClock } from '../../support/virtual-clock.ts';

const settings: LookupSettings = {
  allow: [],
  deny: [],
  timeoutMs: 1000,
  waitMs: 5000,
  cacheMs: 0,
  answerBytesMax: 100,
  roundsMax: 3,
  perEventMax: 8,
  waitingMax: 4,
  atOnceMax: 2,
  sdb: {},
};

const lookup = (name: string): Lookup => ({ fun: 'f.f', arg: [name], kwarg: new Map() });

/** Answers when the test says so. */
class Port implements Lookups {
  readonly asked: string[] = [];
  readonly aborted: string[] = [];
  readonly #open = new Map<string, ((value: Value | Error) => void)[]>();

  ask(asked: Lookup, { signal }: { readonly signal: AbortSignal }): Promise<Value> {
    const name = String(asked.arg[0] as string);
    this.asked.push(name);
    signal.addEventListener('abort', () => this.aborted.push(name));
    return new Promise((resolve, reject) => {
      const settle = (value: Value | Error): void =>
        value instanceof Error ? reject(value) : resolve(value);
      this.#open.set(name, [...(this.#open.get(name) ?? []), settle]);
    });
  }

  async answer(name: string, value: Value | Error): Promise<void> {
    for (const settle of this.#open.get(name) ?? []) settle(value);
    this.#open.delete(name);
    await settled();
  }
}

function resolving(more: Partial<LookupSettings> = {}): {
  clock: VirtualClock;
  port: Port;
  resolver: Resolver;
  ask: (name: string, atMs: number) => { answer: Answer | undefined };
} {
  const clock = new VirtualClock(10_000);
  const port = new Port();
  const resolver = new Resolver({
    lookups: port,
    settings: { ...settings, ...more },
    clock,
    telemetry: { emit: () => undefined },
  });
  const ask = (name: string, atMs: number): { answer: Answer | undefined } => {
    const got: { answer: Answer | undefined } = { answer: undefined };
    void resolver
      .ask(lookup(name), atMs, new Promise(() => undefined))
      .then((answer) => (got.answer = answer));
    return got;
  };
  return { clock, port, resolver, ask };
}

const told = (value: Value): { answer: Answer } => ({ answer: { ok: true, value } });

describe('resolver', () => {
  test('asks once for all events that are there, and again for later ones', async () => {
    const { clock, port, ask } = resolving();
    const before = [ask('a', 10_000), ask('a', 9000), ask('a', 500)];
    await settled();
    expect(port.asked).toEqual(['a']);
    await clock.advance(10);
    const later = ask('a', 10_005);
    await settled();
    expect(port.asked).toEqual(['a', 'a']);
    await port.answer('a', 'x');
    expect([...before, later]).toEqual([told('x'), told('x'), told('x'), told('x')]);
    const cached = ask('a', 10_010);
    await settled();
    expect(cached).toEqual(told('x'));
    await clock.advance(1);
    ask('a', 10_011);
    await settled();
    expect(port.asked).toHaveLength(3);
  });

  test('keeps answers for as long as the cache may, and no longer', async () => {
    const { clock, port, ask } = resolving({ cacheMs: 1000 });
    ask('a', 10_000);
    await settled();
    await port.answer('a', 1);
    await clock.advance(1000);
    const inTime = ask('a', 11_000);
    await settled();
    expect(inTime).toEqual(told(1));
    await clock.advance(1);
    ask('a', 11_001);
    await settled();
    expect(port.asked).toEqual(['a', 'a']);
  });

  test('gives up at the limit, ends what was started, and says which limit it was', async () => {
    const { clock, port, ask } = resolving();
    const hung = ask('a', 10_000);
    await clock.advance(999);
    expect(hung.answer).toBeUndefined();
    await clock.advance(1);
    expect(hung.answer).toMatchObject({
      ok: false,
      reason: 'timeout',
      message: 'no answer within 1 s, the limit of lookup_timeout',
    });
    expect(port.aborted).toEqual(['a']);
    expect(clock.pending).toBe(0);
  });

  test('has no more than some under way, and leaves out those that nobody waits for any more', async () => {
    const { clock, port, resolver } = resolving();
    const giveUp: (() => void)[] = [];
    const wait = (name: string): void => {
      const givenUp = new Promise<undefined>((resolve) => giveUp.push(() => resolve(undefined)));
      void resolver.ask(lookup(name), 10_000, givenUp);
    };
    for (const name of ['a', 'b', 'c', 'd']) wait(name);
    await settled();
    expect(port.asked).toEqual(['a', 'b']);
    giveUp[2]?.();
    await settled();
    await port.answer('a', 1);
    expect(port.asked).toEqual(['a', 'b', 'd']);
    await clock.advance(0);
  });

  test('tells what went wrong by a word from a bounded list', async () => {
    const { port, ask } = resolving({ atOnceMax: 9 });
    const cases: [Value | Error, string][] = [
      [new BrineError('NO_SUCH_FUNCTION', 'there is none'), 'unknown-function'],
      [new BrineError('BAD_ARGUMENT', 'no'), 'bad-arguments'],
      [new BrineError('NOT_RUNNING', 'away'), 'unreachable'],
      [new Error('boom'), 'failed'],
      ['x'.repeat(200), 'too-large'],
    ];
    for (const [i, [value, reason]] of cases.entries()) {
      const got = ask(String(i), 10_000);
      await settled();
      await port.answer(String(i), value);
      expect(got.answer).toMatchObject({ ok: false, reason });
    }
  });
});

const eventOf = (seq: number): Event => ({
  id: `log-${seq}`,
  seq,
  atMs: 10_000,
  tag: 't',
  data: new Map(),
  head: {},
});

function waiting(asks: (seq: number, answers: ReadonlyMap<string, Answer>) => readonly string[]): {
  clock: VirtualClock;
  port: Port;
  room: WaitingRoom;
  concluded: [number, string[]][];
} {
  const clock = new VirtualClock(10_000);
  const port = new Port();
  const all = { ...settings, timeoutMs: 3000, atOnceMax: 100 };
  const resolver = new Resolver({
    lookups: port,
    settings: all,
    clock,
    telemetry: { emit: () => undefined },
  });
  const concluded: [number, string[]][] = [];
  const room = new WaitingRoom({
    settings: all,
    clock,
    resolver,
    needs: ({ seq }, answers) =>
      asks(seq, answers)
        .map(lookup)
        .filter((each) => !answers.has(lookupKey(each))),
    conclude: ({ seq }, answers, leave) => {
      leave();
      concluded.push([
        seq,
        [...answers.values()].map((answer) => (answer.ok ? JSON.stringify(answer.value) : answer.message)),
      ]);
      return true;
    },
  });
  return { clock, port, room, concluded };
}

describe('waiting room', () => {
  test('keeps the order of each rule, and lets rules pass each other', async () => {
    const { port, room, concluded } = waiting((seq) => (seq === 3 ? [] : [`q${seq}`]));
    room.add(eventOf(1), ['a']);
    room.add(eventOf(2), ['a', 'b']);
    room.add(eventOf(3), ['b']);
    room.add(eventOf(4), ['c']);
    expect([room.isBusy(['b']), room.isBusy(['d'])]).toEqual([true, false]);
    await settled();
    expect(port.asked).toEqual(['q1', 'q2', 'q4']);
    await port.answer('q4', 4);
    await port.answer('q2', 2);
    expect(concluded).toEqual([[4, ['4']]]);
    await port.answer('q1', 1);
    expect(concluded.map(([seq]) => seq)).toEqual([4, 1, 2, 3]);
    expect([room.size, room.isBusy(['a', 'b', 'c'])]).toEqual([0, false]);
  });

  test('asks round after round, and no further than the limit of rounds', async () => {
    const { port, room, concluded } = waiting((_, answers) =>
      Array.from({ length: answers.size + 1 }, (_item, i) => `q${i}`).slice(0, 5),
    );
    room.add(eventOf(1), ['a']);
    for (let round = 0; round < 3; round += 1) {
      await settled();
      await port.answer(`q${round}`, round);
    }
    await settled();
    expect(port.asked).toEqual(['q0', 'q1', 'q2']);
    const refused = 'the event was decided anew 3 times, the limit of lookup_rounds_max';
    expect(concluded).toEqual([[1, ['0', '1', '2', refused, refused]]]);
  });

  test('lets no event wait longer than it may, however its answers are spread', async () => {
    const { clock, port, room, concluded } = waiting((_, answers) =>
      answers.size === 0 ? ['q0'] : ['q0', 'q1'],
    );
    room.add(eventOf(1), ['a']);
    room.add(eventOf(2), ['a']);
    await clock.advance(2900);
    await port.answer('q0', 0);
    await clock.advance(2099);
    expect(concluded).toEqual([]);
    await clock.advance(1);
    const late = 'the event has waited 5 s for answers, the limit of lookup_wait';
    expect(concluded).toEqual([
      [1, ['0', late]],
      [2, ['0', late]],
    ]);
    await clock.advance(10_000);
    expect(clock.pending).toBe(0);
  });

  test('is full at its limit, and tells when there is room again', async () => {
    const { port, room } = waiting(() => ['q']);
    for (const seq of [1, 2, 3, 4]) room.add(eventOf(seq), [String(seq)]);
    let free = false;
    void room.whenRoom().then(() => (free = true));
    await settled();
    expect([room.isFull, free]).toEqual([true, false]);
    await port.answer('q', 1);
    expect([room.isFull, free]).toEqual([false, true]);
  });

  test('each event is concluded once, in the order of its rules, whatever comes when', async () => {
    const event = fc.record({
      rules: fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1 }),
      asks: fc.uniqueArray(fc.constantFrom('q0', 'q1', 'q2'), { maxLength: 2 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { minLength: 1, maxLength: 4 }),
        fc.array(fc.oneof(fc.constantFrom('q0', 'q1', 'q2'), fc.integer({ min: 1, max: 4000 })), {
          maxLength: 6,
        }),
        async (events, steps) => {
          const { clock, port, room, concluded } = waiting((seq) => events[seq]?.asks ?? []);
          for (const [seq, { rules }] of events.entries()) room.add(eventOf(seq), rules);
          for (const step of steps)
            if (typeof step === 'number') await clock.advance(step);
            else await port.answer(step, step);
          await clock.advance(5000);
          const order = concluded.map(([seq]) => seq);
          expect(order.toSorted((a, b) => a - b)).toEqual(events.map((_, seq) => seq));
          for (const rule of ['a', 'b', 'c'] as const) {
            const own = order.filter((seq) => events[seq]?.rules.includes(rule) === true);
            expect(own).toEqual(own.toSorted((a, b) => a - b));
          }
          expect([room.size, clock.pending]).toEqual([0, 0]);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('unfinished events', () => {
  const stored = (text: string): Unfinished =>
    new Unfinished({ state: () => new TextEncoder().encode(text) });
  const textOf = (changes: readonly (readonly [string, Uint8Array])[]): string[] =>
    changes.map(([, bytes]) => new TextDecoder().decode(bytes));

  test('cost nothing while there are none', () => {
    const unfinished = new Unfinished({ state: () => undefined });
    expect(unfinished.startAt('log', 7)).toBe(7);
    expect(unfinished.isDecided(3)).toBe(false);
    expect([unfinished.read('log', 9), unfinished.changed([])]).toEqual([9, []]);
  });

  test('are read again after a crash, and no others with them', () => {
    const unfinished = stored('["log-4","log-6","other-2"]');
    expect(unfinished.startAt('log', 10)).toBe(4);
    expect([4, 5, 6, 7, 10].map((seq) => unfinished.isDecided(seq))).toEqual([
      false,
      true,
      false,
      true,
      false,
    ]);
    // The cursor does not go back, and what was not read again stays noted.
    expect(unfinished.read('log', 5)).toBe(10);
    expect(textOf(unfinished.changed(['log-4']))).toEqual(['["log-4","log-6"]']);
    expect(unfinished.changed(['log-4'])).toEqual([]);
    expect(unfinished.read('log', 12)).toBe(12);
    expect(textOf(unfinished.changed(['log-4']))).toEqual(['["log-4"]']);
    expect(textOf(unfinished.changed([]))).toEqual(['[]']);
  });
});
