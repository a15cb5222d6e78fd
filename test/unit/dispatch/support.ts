import {
  type DeadLetter,
  type OutboxEntry,
  type Outcome,
  type Reaction,
  type ReactorCommit,
  type ReactorStore,
  type Settlement,
} from '../../../src/core/index.ts';

export function entryOf(number: number): OutboxEntry {
  const event = `abcd-${number}`;
  return {
    reaction: {
      id: `${event}.0`,
      jid: `20261122160000${String(number).padStart(6, '0')}`,
      cause: { event, rule: 'r' },
      depth: 1,
      action: { kind: 'runner', fun: 'test.arg', arg: [number], kwarg: new Map(), legacy: null },
    },
    ruleSet: 'set',
    attempts: 0,
    notBeforeMs: 0,
  };
}

export const done = (reaction: Reaction): Outcome => ({
  ok: true,
  repeated: false,
  jid: reaction.jid,
  detail: null,
});

export const failure = (reason: 'timeout' | 'bad-arguments', retryable: boolean): Outcome => ({
  ok: false,
  retryable,
  reason,
  message: 'no',
});

/** The part of a store that a dispatcher uses, in memory; `fail` makes the next commits fail. */
export class MemoryStore implements Pick<ReactorStore, 'commit' | 'outbox'> {
  readonly entries = new Map<string, OutboxEntry>();
  readonly settled: Settlement[] = [];
  readonly dead: DeadLetter[] = [];
  fail = 0;

  async commit(change: ReactorCommit): Promise<void> {
    if (this.fail > 0) {
      this.fail -= 1;
      throw new Error('disk full');
    }
    for (const entry of [...(change.outbox ?? []), ...(change.postponed ?? [])])
      this.entries.set(entry.reaction.id, entry);
    for (const settlement of change.settled ?? []) {
      this.entries.delete(settlement.reaction);
      this.settled.push(settlement);
    }
    for (const letter of change.dead ?? []) {
      this.entries.delete(letter.reaction.id);
      this.dead.push(letter);
    }
  }

  outbox(): Iterable<OutboxEntry> {
    return this.entries.values();
  }
}
