import type { Outcome, Reaction } from './action.ts';
import type { Decision } from './decision.ts';
import type { EventBatch, NewEvents } from './event.ts';

/** A bus's history: append-only, numbered from 1 without holes, trimmed at the old end. */
export interface EventLog {
  /** Eight characters made when the log was made; part of every event id. */
  readonly id: string;
  /** Stores the groups in order and resolves with the first sequence number of each once they are durable. */
  append(groups: readonly NewEvents[]): Promise<number[]>;
  /** Events from `fromSeq` on, at most about `bytesMax` bytes; empty at the end. The first batch may start later
   *  than `fromSeq` when older events were trimmed. */
  read(fromSeq: number, bytesMax: number): EventBatch[];
  /** The sequence number that the next event will get. */
  nextSeq(): number;
  /** The oldest sequence number still held (equal to `nextSeq()` when empty). */
  oldestSeq(): number;
  /** The first sequence number whose event is not older than `atMs`. */
  seqAt(atMs: number): number;
  /** Calls after each durable append; the result stops that. */
  onAppend(listener: () => void): () => void;
}

/** A reaction that waits for its outcome. */
export interface OutboxEntry {
  readonly reaction: Reaction;
  readonly ruleSet: string;
  readonly attempts: number;
  /** Not before this time (milliseconds since 1970). */
  readonly notBeforeMs: number;
}

/** A reaction that ended without success, kept until an operator retries or drops it. */
export interface DeadLetter {
  readonly reaction: Reaction;
  readonly ruleSet: string;
  readonly attempts: number;
  readonly reason: string;
  readonly message: string;
  readonly diedAtMs: number;
}

/** How a reaction ended, kept beside its decision. */
export interface Settlement {
  readonly reaction: string;
  readonly outcome: Outcome;
  readonly attempts: number;
  readonly atMs: number;
}

/** Everything that one turn of the reactor changes; it is stored whole or not at all. */
export interface ReactorCommit {
  /** The next sequence number to read, for each source whose events were decided. */
  readonly cursor?: { readonly source: string; readonly nextSeq: number };
  readonly decisions?: readonly Decision[];
  readonly outbox?: readonly OutboxEntry[];
  readonly settled?: readonly Settlement[];
  /** Attempts that failed and will be tried again. */
  readonly postponed?: readonly OutboxEntry[];
  readonly dead?: readonly DeadLetter[];
  readonly revived?: readonly OutboxEntry[];
  readonly dropped?: readonly string[];
  readonly state?: ReadonlyMap<string, Uint8Array>;
}

/** Names a decision: an event is decided once for each rule. */
export type DecisionPlace = Pick<Decision, 'event' | 'rule'>;

/** What a reactor remembers. */
export interface ReactorStore {
  cursor(source: string): number | undefined;
  /** Resolves when the commit is durable; commits take effect in call order. */
  commit(change: ReactorCommit): Promise<void>;
  /** The same of what `make` gives when the turn of this commit comes, which may be a little later. */
  commitWhen(make: () => ReactorCommit): Promise<void>;
  outbox(): Iterable<OutboxEntry>;
  outboxSize(): number;
  deadLettersSize(): number;
  deadLetters(): Iterable<DeadLetter>;
  deadLetter(reaction: string): DeadLetter | undefined;
  decisionsOf(event: string): Decision[];
  /** Newest first; with `after` only those that come after that one. */
  decisions(limit: number, after?: DecisionPlace): Iterable<Decision>;
  settlement(reaction: string): Settlement | undefined;
  state(key: string): Uint8Array | undefined;
}
