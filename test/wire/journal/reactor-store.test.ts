import { expect, test } from 'vitest';
import {
  type Decision,
  type OutboxEntry,
  PyFloat,
  PyTuple,
  type Reaction,
  silentTelemetry,
} from '../../../src/core/index.ts';
import { openReactorStore } from '../../../src/journal/index.ts';
import { systemClock } from '../../../src/system/index.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const options = { clock: systemClock, telemetry: silentTelemetry, keepDecisionsMs: 3_600_000 };

function reaction(seq: number, n = 0): Reaction {
  const kwarg = new Map([['a', new PyFloat(1)]]);
  const arg = [new PyTuple([1, new PyFloat(2)]), 2n ** 80n, new Map([[1, null]])];
  return {
    id: `abcd-${seq}.${n}`,
    jid: `2026112216000000000${seq}`,
    cause: { event: `abcd-${seq}`, rule: 'r' },
    depth: 1,
    action: { kind: 'runner', fun: 'test.arg', arg, kwarg, legacy: null },
  };
}

function entry(seq: number): OutboxEntry {
  return { reaction: reaction(seq), ruleSet: 'set', attempts: 0, notBeforeMs: 0 };
}

function decision(seq: number, rule = 'r'): Decision {
  return {
    event: `abcd-${seq}`,
    seq,
    tag: `tag/${seq}`,
    rule,
    verdict: 'fired',
    reason: 'because',
    problems: [
      { code: 'X', severity: 'warning', message: 'm', file: 'f', line: 1, column: 2, hint: 'h', source: 's' },
    ],
    reactions: [`abcd-${seq}.0`],
    ruleSet: 'set',
    atMs: 5,
  };
}

test('keeps everything of a commit and gives it back after it was opened again', async () => {
  using folder = temporaryFolder();
  const store = await openReactorStore(folder.path, options);
  expect(store.cursor('abcd')).toBeUndefined();
  const decisions = [decision(7), decision(7, 'other'), decision(9), decision(10)];
  await store.commit({
    cursor: { source: 'abcd', nextSeq: 11 },
    decisions,
    outbox: [entry(7), entry(9), entry(10)],
    state: new Map([['flow', Buffer.from('state')]]),
  });
  await store.commit({ decisions: [decision(11)] });
  await store.close();
  const again = await openReactorStore(folder.path, options);
  expect(again.cursor('abcd')).toBe(11);
  expect(again.outboxSize()).toBe(3);
  expect([...again.outbox()]).toEqual([entry(7), entry(9), entry(10)]);
  expect(again.decisionsOf('abcd-7')).toEqual(decisions.slice(0, 2));
  expect(again.decisionsOf('abcd-8')).toEqual([]);
  expect(again.decisionsOf('abcd-11')).toEqual([decision(11)]);
  expect([...again.decisions(2)]).toEqual([decision(11), decision(10)]);
  // Page by page they are the same, whatever the size of a page.
  for (const size of [1, 2, 3]) {
    const paged: Decision[] = [];
    for (let page = [...again.decisions(size)]; page.length > 0; ) {
      paged.push(...page);
      page = [...again.decisions(size, page.at(-1))];
    }
    expect(paged).toEqual([...again.decisions(100)]);
  }
  expect([...again.decisions(9, { event: 'abcd-7', rule: 'gone' })]).toEqual([]);
  expect(Buffer.from(again.state('flow') ?? []).toString()).toBe('state');
  await again.close();
});

test('a settled reaction leaves the outbox, a dead one waits for an operator', async () => {
  using folder = temporaryFolder();
  const store = await openReactorStore(folder.path, options);
  await store.commit({ outbox: [entry(1), entry(2), entry(3)] });
  const outcome = { ok: true, repeated: false, jid: 'j', detail: new Map([['x', 1]]) } as const;
  const settlement = { reaction: 'abcd-1.0', outcome, attempts: 1, atMs: 9 };
  const letter = { ...entry(2), reason: 'refused', message: 'no', diedAtMs: 8 };
  const { notBeforeMs: _, ...dead } = letter;
  await store.commit({
    settled: [settlement],
    dead: [dead],
    postponed: [{ ...entry(3), attempts: 2, notBeforeMs: 77 }],
  });
  expect([...store.outbox()]).toEqual([{ ...entry(3), attempts: 2, notBeforeMs: 77 }]);
  expect(store.settlement('abcd-1.0')).toEqual(settlement);
  expect(store.deadLetter('abcd-2.0')).toEqual(dead);
  expect([...store.deadLetters()]).toEqual([dead]);
  await store.commit({ revived: [entry(2)] });
  expect([...store.deadLetters()]).toEqual([]);
  expect(store.outboxSize()).toBe(2);
  await store.commit({ dead: [dead] });
  await store.commit({ dropped: ['abcd-2.0'] });
  expect([...store.deadLetters()]).toEqual([]);
  await store.close();
});

test('forgets old decisions and how they ended, but nothing that is still to be done', async () => {
  using folder = temporaryFolder();
  const clock = new VirtualClock();
  const store = await openReactorStore(folder.path, { ...options, clock, keepDecisionsMs: 3_600_000 });
  const outcome = { ok: true, repeated: false, jid: 'j', detail: null } as const;
  const ends: Promise<void>[] = [];
  for (let seq = 1; seq <= 100; seq += 1) {
    await store.commit({ decisions: [decision(seq)], outbox: [entry(seq)] });
    if (seq % 2 === 0)
      ends.push(store.commit({ settled: [{ reaction: `abcd-${seq}.0`, outcome, attempts: 1, atMs: 1 }] }));
  }
  await clock.advance(3_000_000);
  await Promise.all(ends);
  await store.commit({ decisions: [decision(101)] });
  expect([...store.decisions(1000)]).toHaveLength(101);
  expect(store.settlement('abcd-2.0')).toBeDefined();
  await clock.advance(1_000_000);
  while ([...store.decisions(1000)].length > 1) await clock.advance(1000);
  expect(store.decisionsOf('abcd-101')).toHaveLength(1);
  expect(store.decisionsOf('abcd-100')).toEqual([]);
  expect(store.settlement('abcd-2.0')).toBeUndefined();
  expect(store.outboxSize()).toBe(50);
  await store.close();
  const again = await openReactorStore(folder.path, options);
  await again.commit({ decisions: [decision(102)] });
  expect([...again.decisions(2)].map(({ seq }) => seq)).toEqual([102, 101]);
  await again.close();
});

test('commits of one moment take effect in call order, each whole', async () => {
  using folder = temporaryFolder();
  const store = await openReactorStore(folder.path, options);
  const commits = Array.from({ length: 200 }, (_, i) =>
    store.commit({ cursor: { source: 'abcd', nextSeq: i }, outbox: [entry(i)] }),
  );
  await Promise.all(commits);
  expect(store.cursor('abcd')).toBe(199);
  expect(store.outboxSize()).toBe(200);
  await store.close();
});
