import { expect, test } from 'vitest';
import {
  mapOf,
  type OutboxEntry,
  type Reaction,
  type ReactorCommit,
  type ReactorStore,
  toPlain,
} from '../../../src/core/index.ts';
import { shadowPlane, shadowStore } from '../../../src/reactor/shadow.ts';

const reaction: Reaction = {
  id: 'log-1.0',
  jid: '20260101000000000001',
  cause: { event: 'log-1', rule: 'r' },
  depth: 1,
  action: { kind: 'event', tag: 'acme/a', data: mapOf({ n: 1 }) },
};
const entry: OutboxEntry = { reaction, ruleSet: 'hash', attempts: 0, notBeforeMs: 0 };

function recording(): { store: ReactorStore; commits: ReactorCommit[] } {
  const commits: ReactorCommit[] = [];
  const store = {
    commit: (change: ReactorCommit) => Promise.resolve(void commits.push(change)),
    outbox: () => [entry],
    outboxSize: () => 1,
  } as unknown as ReactorStore;
  return { store, commits };
}

test('what would be sent is settled in the same commit, with what it would have been', async () => {
  const { store, commits } = recording();
  const cursor = { source: 'log', nextSeq: 2 };
  await shadowStore(store, () => 77).commit({ cursor, outbox: [entry] });
  expect(commits).toHaveLength(1);
  const [{ settled, outbox, cursor: kept } = {}] = commits;
  expect(outbox).toBe(undefined);
  expect(kept).toEqual(cursor);
  expect(settled).toMatchObject([{ reaction: 'log-1.0', attempts: 0, atMs: 77, outcome: { ok: true } }]);
  const outcome = settled?.[0]?.outcome;
  expect(outcome?.ok === true && toPlain(outcome.detail)).toEqual({
    shadow: true,
    action: { kind: 'event', tag: 'acme/a', data: { n: 1 } },
  });
});

test('what an outbox holds from before is neither sent nor lost', () => {
  const shadow = shadowStore(recording().store, () => 0);
  expect([...shadow.outbox()]).toEqual([]);
  expect(shadow.outboxSize()).toBe(1);
});

test('the plane of the shadow does nothing and says so', async () => {
  expect(await shadowPlane.submit([reaction])).toMatchObject([{ ok: true, repeated: false }]);
});
