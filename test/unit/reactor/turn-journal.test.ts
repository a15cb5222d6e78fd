import { expect, test } from 'vitest';
import type { Decision, ReactorCommit, ReactorStore } from '../../../src/core/index.ts';
import { type Turn, TurnJournal } from '../../../src/reactor/turn-journal.ts';
import { settled, VirtualClock } from '../../support/virtual-clock.ts';

/** A store whose commits end when the test says so. */
function slowStore() {
  const commits: ReactorCommit[] = [];
  const waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const store = {
    commitWhen: (make: () => ReactorCommit) => {
      commits.push(make());
      return new Promise<void>((resolve, reject) => waiting.push({ resolve, reject }));
    },
  } as unknown as ReactorStore;
  return {
    store,
    commits,
    finish: async (error?: Error) => {
      const next = waiting.shift();
      if (error === undefined) next?.resolve();
      else next?.reject(error);
      await settled();
    },
  };
}

function turn(seq: number, rules = 1): Turn {
  const decisions = Array.from({ length: rules }, (_, i) => ({ seq, rule: `r${i}` }) as unknown as Decision);
  return { source: 'log', nextSeq: seq + 1, decisions, outbox: [], state: new Map() };
}

const seqsOf = (commit: ReactorCommit | undefined) => commit?.decisions?.map(({ seq }) => seq);

test('gathers turns into one while a commit is on its way, and tells of them in order', async () => {
  const { store, commits, finish } = slowStore();
  const told: number[] = [];
  const journal = new TurnJournal({
    store,
    clock: new VirtualClock(),
    committed: ({ nextSeq }) => told.push(nextSeq),
  });
  await journal.add(turn(1));
  await journal.add(turn(2));
  await journal.add(turn(3));
  expect(commits.map(seqsOf)).toEqual([[1]]);
  expect(told).toEqual([]);
  await finish();
  expect(commits.map(seqsOf)).toEqual([[1], [2, 3]]);
  expect(commits[1]?.cursor).toEqual({ source: 'log', nextSeq: 4 });
  expect(told).toEqual([2]);
  await finish();
  expect(told).toEqual([2, 4]);
});

test('a turn that the disk refuses is tried again, and nothing overtakes it', async () => {
  const { store, commits, finish } = slowStore();
  const clock = new VirtualClock();
  const told: number[] = [];
  const journal = new TurnJournal({ store, clock, committed: ({ nextSeq }) => told.push(nextSeq) });
  await journal.add(turn(1));
  await journal.add(turn(2));
  await finish(new Error('no room'));
  expect(commits).toHaveLength(1);
  await clock.advance(1000);
  expect(commits.map(seqsOf)).toEqual([[1], [1]]);
  expect(told).toEqual([]);
  await finish();
  expect(commits.map(seqsOf)).toEqual([[1], [1], [2]]);
  expect(told).toEqual([2]);
});

test('waits when far more is decided than the disk has taken', async () => {
  const { store, finish } = slowStore();
  const journal = new TurnJournal({ store, clock: new VirtualClock(), committed: () => undefined });
  await journal.add(turn(1));
  let taken = false;
  const adding = journal.add(turn(2, 5000)).then(() => {
    taken = true;
  });
  await settled();
  expect(taken).toBe(false);
  await finish();
  await finish();
  await adding;
});

test('a cursor alone is stored after a while, or when the reactor stops', async () => {
  const { store, commits, finish } = slowStore();
  const clock = new VirtualClock();
  const journal = new TurnJournal({ store, clock, committed: () => undefined });
  await journal.add(turn(1, 0));
  await journal.add(turn(2, 0));
  expect(commits).toEqual([]);
  await clock.advance(1000);
  expect(commits.map(({ cursor }) => cursor?.nextSeq)).toEqual([3]);
  await finish();
  await journal.add(turn(3, 0));
  const closing = journal.close();
  await finish();
  await closing;
  expect(commits.map(({ cursor }) => cursor?.nextSeq)).toEqual([3, 4]);
  expect(clock.pending).toBe(0);
});

test('closing gives up on a disk that takes nothing', async () => {
  const { store, finish } = slowStore();
  const clock = new VirtualClock();
  const journal = new TurnJournal({ store, clock, committed: () => undefined });
  await journal.add(turn(1));
  await finish(new Error('no room'));
  const closing = journal.close();
  await settled();
  await finish(new Error('no room'));
  await closing;
  expect(clock.pending).toBe(0);
});
