import { describe, expect, it } from 'vitest';
import { encodeEvents } from '../../../src/bus/index.ts';
import {
  type Event,
  type OutgoingEvent,
  reactionFromValue,
  reactionToValue,
  spanIdFor,
  spanIdOf,
  type TraceContext,
  traceIdOf,
  unaskedLoad,
} from '../../../src/core/index.ts';
import { emptyFlowState } from '../../../src/flow/index.ts';
import { packOutboxEntry, unpackOutboxEntry } from '../../../src/journal/reaction-records.ts';
import { jobRecordFromValue, jobRecordToValue } from '../../../src/master/jobs/job-record.ts';
import { type Conclusions, decideBatch } from '../../../src/reactor/decider.ts';
import { loadRules } from '../../../src/rules/index.ts';

const text = `
rules:
  ping:
    on: acme/*
    do:
      - local.test.ping: {tgt: '*'}
      - runner.manage.up: {}
`;
const files = {
  read: (path: string): string | null => (path === '/r.yaml' ? text : null),
  glob: () => [],
  list: () => [],
  isFolder: () => false,
};
const limits = { reactors: ['/r.yaml'], fileRoots: {}, stepsMax: 10_000, bytesMax: 100_000, depthMax: 8 };
const { ruleSet } = loadRules(limits, files);

const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const other = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

interface Decided extends Conclusions {
  readonly traced: readonly { readonly event: Event; readonly from: TraceContext }[];
}

function decided(event: OutgoingEvent, traceShare = 0): Decided {
  const traced: { event: Event; from: TraceContext }[] = [];
  const batch = { firstSeq: 10, atMs: 5, ...encodeEvents([event], 0) };
  const concluded = decideBatch(batch, null, emptyFlowState, {
    logId: 'log',
    ruleSet,
    nowMs: 77,
    ids: { jid: () => '20261122000000000000', random: () => '', fraction: () => 0 },
    onFault: (_, error) => {
      throw error;
    },
    onLoop: () => undefined,
    traceShare,
    onTraced: (one, from) => void traced.push({ event: one, from }),
  });
  return { ...concluded, traced };
}

const plain = { tag: 'acme/x', data: new Map([['n', 1]]) };

describe('the trace of an event', () => {
  it('goes over its decision to its reactions, each under a span of its own', () => {
    const { decisions, outbox, traced } = decided({ ...plain, head: { trace: { parent, state: 'a=1' } } });
    expect(traced.map(({ event, from }) => [event.id, from])).toEqual([['log-10', { parent, state: 'a=1' }]]);
    const traces = [decisions[0]?.trace, ...outbox.map(({ reaction }) => reaction.trace)];
    expect(traces.map((trace) => trace && spanIdOf(trace))).toEqual([
      spanIdFor('event', 'log-10'),
      spanIdFor('reaction', 'log-10.0'),
      spanIdFor('reaction', 'log-10.1'),
    ]);
    for (const trace of traces)
      expect(trace).toMatchObject({ parent: expect.stringContaining(parent.slice(0, 36)), state: 'a=1' });
  });

  it('is the one that Salt put into the data, unless the bus names one', () => {
    const data = new Map([['traceparent', other]]);
    expect(decided({ ...plain, data }).traced[0]?.from).toEqual({ parent: other });
    expect(decided({ ...plain, data, head: { trace: { parent } } }).traced[0]?.from).toEqual({ parent });
    expect(decided({ ...plain, data: new Map([['traceparent', 'no trace']]) }).traced).toEqual([]);
  });

  it('costs nothing where there is none', () => {
    const { decisions, outbox, traced } = decided(plain);
    expect(traced).toEqual([]);
    expect([decisions[0], outbox[0]?.reaction].map((one) => one && 'trace' in one)).toEqual([false, false]);
  });

  it('begins with the event when traces are collected, the same one each time', () => {
    const [first, second] = [decided(plain, 1), decided(plain, 1)];
    const trace = first.outbox[0]?.reaction.trace;
    expect(trace).toBeDefined();
    expect(second.outbox[0]?.reaction.trace).toEqual(trace);
    expect(first.traced[0] && traceIdOf(first.traced[0].from)).toBe(trace && traceIdOf(trace));
  });
});

describe('what is stored', () => {
  const { outbox } = decided({ ...plain, head: { trace: { parent, state: 'a=1' } } });

  it.each(outbox.map((entry) => [entry.reaction.action.kind, entry] as const))(
    'keeps the trace of a %s',
    (_, entry) => {
      expect(entry.reaction.trace).toBeDefined();
      expect(unpackOutboxEntry(packOutboxEntry(entry))).toEqual(entry);
      expect(reactionFromValue(reactionToValue(entry.reaction))).toEqual(entry.reaction);
    },
  );

  it('keeps the trace of a job, and has none for a job without one', () => {
    const call = { jid: '20261122000000000000', fun: 'test.ping', arg: [], kwarg: new Map() };
    const load = unaskedLoad('web1', call);
    const job = { load, minions: ['web1'], missing: [], atMs: 7 };
    expect(jobRecordFromValue(jobRecordToValue(job))).toEqual(job);
    const traced = { ...job, load: { ...load, trace: { parent } } };
    expect(jobRecordFromValue(jobRecordToValue(traced))).toEqual(traced);
  });
});
