import { describe, expect, it } from 'vitest';
import {
  BrineError,
  type ControlPlane,
  mapOf,
  type OpenJob,
  type OutboxEntry,
  type Outcome,
  type Reaction,
  type ReactorStore,
  type TraceEvent,
} from '../../../src/core/index.ts';
import { createDispatcher, type Dispatcher } from '../../../src/dispatch/index.ts';
import { settled, VirtualClock } from '../../support/virtual-clock.ts';
import { done, failure, MemoryStore } from './support.ts';

const submitMs = 60_000;

interface Bench {
  readonly limits?: Readonly<Record<string, number>>;
  readonly answer?: (reaction: Reaction) => Outcome;
  /** Reactions that the control plane does not answer. */
  readonly hangs?: (reaction: Reaction) => boolean;
  readonly openJobs?: ControlPlane['openJobs'];
  readonly backlogMax?: number;
}

function bench({ limits = {}, answer = done, hangs = () => false, openJobs, backlogMax = 1000 }: Bench) {
  const clock = new VirtualClock();
  const store = new MemoryStore();
  const traces: TraceEvent[] = [];
  const batches: (readonly Reaction[])[] = [];
  const plane: ControlPlane = {
    /** Answers a batch after 5 ms; one with a reaction that hangs is not answered at all. */
    submit: (reactions) => {
      batches.push(reactions);
      return new Promise((resolve, reject) => {
        if (reactions.some(hangs))
          clock.after(submitMs, () => reject(new BrineError('TIMEOUT', 'No answer.')));
        else clock.after(5, () => resolve(reactions.map(answer)));
      });
    },
    ...(openJobs === undefined ? {} : { openJobs }),
  };
  const dispatcher = createDispatcher({
    store: store as unknown as ReactorStore,
    plane,
    clock,
    ids: { jid: () => '', random: () => '', fraction: () => 0.5 },
    telemetry: { emit: (event) => traces.push(event) },
    inFlightMax: 1000,
    attemptsMax: 3,
    retryBaseMs: 1000,
    retryMaxMs: 5000,
    backlogMax,
    limitOf: (rule) => limits[rule] ?? null,
    limitedRules: () => Object.keys(limits),
    leaseMs: 300_000,
  });
  let number = 0;
  const offer = async (rule: string, count: number): Promise<OutboxEntry[]> => {
    const entries = Array.from({ length: count }, () => jobOf((number += 1), rule));
    await store.commit({ outbox: entries });
    dispatcher.offer(entries);
    return entries;
  };
  return { clock, store, traces, batches, dispatcher, offer };
}

function jobOf(number: number, rule: string): OutboxEntry {
  const event = `abcd-${number}`;
  const jid = `20261122${String(number).padStart(12, '0')}`;
  const call = { fun: 'cmd.run', tgt: '*', tgtType: 'glob', arg: [], kwarg: new Map(), ret: '' };
  const action = { kind: 'local' as const, ...call, timeoutS: null, metadata: null };
  const reaction = { id: `${event}.0`, jid, cause: { event, rule }, depth: 1, action };
  return { reaction, ruleSet: 'set', attempts: 0, notBeforeMs: 0 };
}

const onTwoMinions = (reaction: Reaction): Outcome => ({
  ok: true,
  repeated: false,
  jid: reaction.jid,
  detail: mapOf({ minions: ['m1', 'm2'], missing: [] }),
});

const sentOf = (batches: readonly (readonly Reaction[])[], rule: string): Reaction[] =>
  batches.flat().filter(({ cause }) => cause.rule === rule);

/** Latencies of a rule with 500 reactions a second for a minute, while another has one of ten. */
async function latencies(hung: boolean): Promise<number[]> {
  const { clock, store, dispatcher, offer } = bench({ hangs: ({ cause }) => hung && cause.rule === 'hangs' });
  dispatcher.start();
  const offeredMs = new Map<string, number>();
  const found: number[] = [];
  for (let tick = 0; tick < 3000; tick += 1) {
    if (tick % 10 === 0) await offer('hangs', 1);
    for (const { reaction } of await offer('works', 10)) offeredMs.set(reaction.id, clock.nowMs());
    for (let part = 0; part < 4; part += 1) {
      await clock.advance(5);
      for (const { reaction } of store.settled.splice(0))
        if (offeredMs.has(reaction)) found.push(clock.nowMs() - (offeredMs.get(reaction) ?? 0));
    }
  }
  await clock.advance(submitMs * 10);
  for (const { reaction } of store.settled)
    if (offeredMs.has(reaction)) found.push(clock.nowMs() - (offeredMs.get(reaction) ?? 0));
  expect(found).toHaveLength(30_000);
  await stopped(dispatcher, clock);
  return found.sort((a, b) => a - b);
}

async function stopped(dispatcher: Dispatcher, clock: VirtualClock): Promise<void> {
  const stopping = dispatcher.stop();
  await clock.advance(submitMs);
  await stopping;
}

describe('a rule whose submissions are not answered', () => {
  it('does not change what another rule waits: p99 is the same', { timeout: 60_000 }, async () => {
    const p99 = (all: number[]): number => all[Math.floor(all.length * 0.99)] ?? Number.NaN;
    const quiet = await latencies(false);
    const beside = await latencies(true);
    expect(p99(quiet)).toBeGreaterThan(0);
    expect(p99(beside)).toBeLessThan(p99(quiet) * 1.1);
  });

  it('is told of, is sent apart, and ends in dead letters without an outage', async () => {
    const { clock, store, traces, batches, dispatcher, offer } = bench({
      hangs: ({ cause }) => cause.rule === 'hangs',
    });
    dispatcher.start();
    await offer('hangs', 3);
    await clock.advance(2000);
    expect(dispatcher.status()).toMatchObject({ slowRules: ['hangs'], outage: null });
    expect(traces).toEqual([{ kind: 'rules.slow', rules: ['hangs'], count: 1 }]);
    for (let second = 0; second < 600; second += 1) {
      await offer('works', 5);
      await clock.advance(1000);
    }
    expect(
      store.dead.map(({ reaction, reason, attempts }) => [reaction.cause.rule, reason, attempts]),
    ).toEqual(Array.from({ length: 3 }, () => ['hangs', 'timeout', 3]));
    expect(sentOf(batches, 'works')).toHaveLength(3000);
    for (const batch of batches) expect(new Set(batch.map(({ cause }) => cause.rule)).size).toBe(1);
    await stopped(dispatcher, clock);
  });

  it('goes with the others again once it was answered in time', async () => {
    let hangs = true;
    const { clock, batches, dispatcher, offer } = bench({ hangs: () => hangs });
    dispatcher.start();
    await offer('a', 1);
    await clock.advance(1500);
    hangs = false;
    await offer('a', 1);
    await clock.advance(10);
    expect(dispatcher.status().slowRules).toEqual([]);
    await offer('b', 300);
    await offer('a', 1);
    await clock.advance(10);
    expect(batches.at(-1)?.map(({ cause }) => cause.rule)).toContain('a');
    await stopped(dispatcher, clock);
  });
});

describe('a rule with a limit', () => {
  it('has so many jobs under way and no more; each ends where its last minion returned', async () => {
    const { clock, batches, dispatcher, offer } = bench({ limits: { one: 2 }, answer: onTwoMinions });
    dispatcher.start();
    const entries = await offer('one', 4);
    await offer('other', 4);
    await clock.advance(10);
    expect([sentOf(batches, 'one').length, sentOf(batches, 'other').length]).toEqual([2, 4]);
    expect(dispatcher.rules(5)).toEqual([
      {
        rule: 'one',
        ready: 2,
        postponed: 0,
        inFlight: 0,
        places: 2,
        limit: 2,
        slow: false,
        oldestJid: entries[2]?.reaction.jid,
      },
    ]);
    const jids = entries.map(({ reaction }) => reaction.jid);
    dispatcher.saw([`salt/job/${jids[0]}/ret/m1`, 'acme/x', `salt/job/${jids[0]}/ret/m1`]);
    await clock.advance(10);
    expect(sentOf(batches, 'one')).toHaveLength(2);
    dispatcher.saw([`brine/job/${jids[0]}/lost/m2`]);
    await clock.advance(10);
    expect(sentOf(batches, 'one')).toHaveLength(3);
    dispatcher.saw(['m1', 'm2'].map((id) => `brine/job/${jids[1]}/undelivered/${id}`));
    await clock.advance(10);
    expect(sentOf(batches, 'one')).toHaveLength(4);
    await stopped(dispatcher, clock);
  });

  it('gives a place back on a failure, and counts an end that came before the answer', async () => {
    let answer: (reaction: Reaction) => Outcome = () => failure('bad-arguments', false);
    const { clock, batches, dispatcher, offer } = bench({ limits: { one: 1 }, answer: (r) => answer(r) });
    dispatcher.start();
    await offer('one', 1);
    await clock.advance(10);
    answer = onTwoMinions;
    const [entry] = await offer('one', 2);
    dispatcher.saw(['m1', 'm2'].map((id) => `salt/job/${entry?.reaction.jid}/ret/${id}`));
    await clock.advance(20);
    expect(batches).toHaveLength(3);
    await stopped(dispatcher, clock);
  });

  it('learns from the control plane of ends that it did not see', async () => {
    const open = new Map<string, OpenJob>();
    const { clock, batches, dispatcher, offer } = bench({
      limits: { one: 1 },
      answer: onTwoMinions,
      openJobs: async ({ jids = [] }) => jids.flatMap((jid) => open.get(jid) ?? []),
    });
    dispatcher.start();
    await settled();
    const [first] = await offer('one', 3);
    const jid = first?.reaction.jid ?? '';
    open.set(jid, { jid, rule: 'one', minions: ['m2'] });
    await clock.advance(40_000);
    expect(batches).toHaveLength(1);
    open.clear();
    await clock.advance(10_050);
    expect(batches).toHaveLength(2);
    await stopped(dispatcher, clock);
  });

  it('gets a place back after the lease where nobody can be asked', async () => {
    const { clock, batches, dispatcher, offer } = bench({ limits: { one: 1 }, answer: onTwoMinions });
    dispatcher.start();
    await offer('one', 2);
    await clock.advance(290_000);
    expect(batches).toHaveLength(1);
    await clock.advance(30_000);
    expect(batches).toHaveLength(2);
    await stopped(dispatcher, clock);
  });

  it('waits after a restart until it is known what is under way', async () => {
    let reachable = false;
    const { clock, store, batches, dispatcher, offer } = bench({
      limits: { one: 1 },
      answer: onTwoMinions,
      openJobs: async ({ rules, jids }) => {
        if (!reachable) throw new Error('away');
        expect(rules ?? ['one']).toEqual(['one']);
        return rules === undefined && jids?.includes('1') !== true
          ? []
          : [{ jid: '1', rule: 'one', minions: ['m1'] }];
      },
    });
    await store.commit({ outbox: [jobOf(900_000, 'one')] });
    dispatcher.start();
    await offer('free', 1);
    await clock.advance(3000);
    expect(batches.flat().map(({ cause }) => cause.rule)).toEqual(['free']);
    reachable = true;
    await clock.advance(3000);
    expect(sentOf(batches, 'one')).toEqual([]);
    dispatcher.saw(['salt/job/1/ret/m1']);
    await clock.advance(10);
    expect(sentOf(batches, 'one')).toHaveLength(1);
    await stopped(dispatcher, clock);
  });
});

describe('a rule with too much waiting', () => {
  it('gets no more while it has reached its limit, and keeps nobody else waiting', async () => {
    const { clock, batches, dispatcher, offer } = bench({
      limits: { one: 1 },
      answer: onTwoMinions,
      backlogMax: 1500,
    });
    dispatcher.start();
    expect(dispatcher.refusal('one', 1000)).toBeNull();
    await offer('one', 1000);
    await clock.advance(10);
    expect(dispatcher.refusal('one', 500)).toBeNull();
    // Expected, though not there yet.
    expect(dispatcher.refusal('one', 500)).toContain('1499 reactions');
    await offer('one', 500);
    await clock.advance(10);
    expect([dispatcher.hasRoom(), dispatcher.refusal('other', 1000)]).toEqual([true, null]);
    await offer('other', 1000);
    await clock.advance(20);
    expect(sentOf(batches, 'other')).toHaveLength(1000);
    expect(dispatcher.status().refused).toBe(500);
    await stopped(dispatcher, clock);
  });

  it('gets no more while so many of its reactions wait for their next attempt', async () => {
    const { clock, batches, dispatcher, offer } = bench({
      answer: (reaction) => (reaction.cause.rule === 'fails' ? failure('timeout', true) : done(reaction)),
    });
    dispatcher.start();
    expect(dispatcher.refusal('fails', 1000)).toBeNull();
    await offer('fails', 1000);
    await clock.advance(30);
    expect(dispatcher.status().waiting).toBe(1000);
    expect(dispatcher.refusal('fails', 1)).toContain('1000 reactions');
    await offer('works', 500);
    await clock.advance(20);
    expect(sentOf(batches, 'works')).toHaveLength(500);
    await clock.advance(10_000);
    expect(dispatcher.refusal('fails', 1)).toBeNull();
    await stopped(dispatcher, clock);
  });
});

it('a probe is answered in its turn, and not while the control plane is away', async () => {
  let away = false;
  const clock = new VirtualClock();
  const store = new MemoryStore();
  const asked: number[] = [];
  const dispatcher = createDispatcher({
    store: store as unknown as ReactorStore,
    plane: {
      submit: async (reactions) => {
        asked.push(reactions.length);
        if (away) throw new Error('gone');
        return reactions.map(done);
      },
    },
    clock,
    ids: { jid: () => '', random: () => '', fraction: () => 0.5 },
    telemetry: { emit: () => undefined },
    inFlightMax: 1000,
    attemptsMax: 3,
    retryBaseMs: 1000,
    retryMaxMs: 5000,
  });
  dispatcher.start();
  await dispatcher.probe();
  away = true;
  await expect(dispatcher.probe()).rejects.toThrow('gone');
  let probed = false;
  const later = dispatcher.probe().then(() => {
    probed = true;
  });
  away = false;
  await settled();
  expect(probed).toBe(false);
  await clock.advance(5000);
  await later;
  expect(asked).toEqual([0, 0, 0]);
  expect(dispatcher.status().outage).toBeNull();
  const waiting = dispatcher.stop();
  await expect(dispatcher.probe()).rejects.toThrow('stopping');
  await waiting;
});
