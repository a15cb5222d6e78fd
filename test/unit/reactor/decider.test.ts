import { expect, test } from 'vitest';
import { encodeEvents } from '../../../src/bus/index.ts';
import type { EventBatch, OutgoingEvent } from '../../../src/core/index.ts';
import { emptyFlowState } from '../../../src/flow/index.ts';
import { type Deciding, decideBatch } from '../../../src/reactor/decider.ts';
import { loadRules, type RuleFiles } from '../../../src/rules/index.ts';

const text = `
rules:
  two:
    on: [acme/*, '*/x']
    do:
      - runner.test.arg: {args: {n: '{{ data.n }}'}}
      - runner.test.arg: {args: {n: 2}}
  broken:
    on: acme/*
    if: data.n.missing.deeper == 1
    do:
      - runner.test.arg: {}
  last:
    on: acme/*
    do:
      - runner.test.arg: {}
`;

const files: RuleFiles = {
  read: (path) => (path === '/r.yaml' ? text : null),
  glob: () => [],
  list: () => [],
  isFolder: () => false,
};

const { ruleSet } = loadRules(
  { reactors: ['/r.yaml'], fileRoots: {}, stepsMax: 10_000, bytesMax: 100_000, depthMax: 8 },
  files,
);

function deciding(): Deciding {
  let jid = 0;
  return {
    logId: 'log',
    ruleSet,
    nowMs: 77,
    ids: { jid: () => String(++jid), random: () => '', fraction: () => 0 },
    onFault: (_, error) => {
      throw error;
    },
    onLoop: () => undefined,
  };
}

function batchOf(events: readonly OutgoingEvent[], firstSeq = 10): EventBatch {
  return { firstSeq, atMs: 5, ...encodeEvents(events, 0) };
}

const event = (tag: string): OutgoingEvent => ({ tag, data: new Map([['n', 1]]) });

test('numbers the reactions of an event through all its rules, and records why each rule decided', () => {
  const { decisions, outbox } = decideBatch(batchOf([event('acme/x')]), null, emptyFlowState, deciding());
  expect(outbox.map(({ reaction }) => [reaction.id, reaction.jid, reaction.cause.rule])).toEqual([
    ['log-10.0', '1', 'two'],
    ['log-10.1', '2', 'two'],
    ['log-10.2', '3', 'last'],
  ]);
  expect(decisions.map(({ rule, verdict, reactions }) => [rule, verdict, reactions])).toEqual([
    ['two', 'fired', ['log-10.0', 'log-10.1']],
    ['broken', 'problem', []],
    ['last', 'fired', ['log-10.2']],
  ]);
  expect(decisions[0]).toMatchObject({
    event: 'log-10',
    seq: 10,
    tag: 'acme/x',
    ruleSet: ruleSet.hash,
    atMs: 77,
  });
  expect(decisions[1]?.problems).toHaveLength(1);
});

test('takes the numbers of events from the filter where it left holes', () => {
  const batch = batchOf([event('a/x'), event('other'), event('b/x')]);
  const { decisions } = decideBatch(batch, [3, 5, 9], emptyFlowState, deciding());
  expect(decisions.map(({ event: id }) => id)).toEqual(['log-3', 'log-9']);
});

test('names every matching rule once when the data cannot be read', () => {
  const batch = { ...batchOf([event('acme/x')]), bodies: [Buffer.from([0x93, 1])] };
  const { decisions, outbox } = decideBatch(batch, null, emptyFlowState, deciding());
  expect(decisions.map(({ rule, verdict }) => [rule, verdict])).toEqual([
    ['two', 'undecodable'],
    ['broken', 'undecodable'],
    ['last', 'undecodable'],
  ]);
  expect(outbox).toEqual([]);
});

test('a fault of the engine becomes a decision of each matching rule, and the next event goes on', () => {
  const faults: string[] = [];
  const rules = ruleSet.rules.map((rule, index) =>
    index === 0
      ? Object.defineProperty({ ...rule }, 'kind', {
          get: () => {
            if (faults.length === 0) throw new Error('oops');
            return rule.kind;
          },
        })
      : rule,
  );
  const { decisions } = decideBatch(batchOf([event('a/x'), event('b/x')]), null, emptyFlowState, {
    ...deciding(),
    ruleSet: { ...ruleSet, rules },
    onFault: (id) => faults.push(id),
  });
  expect(faults).toEqual(['log-10']);
  expect(decisions.map(({ seq, verdict }) => [seq, verdict])).toEqual([
    [10, 'problem'],
    [11, 'fired'],
  ]);
});
