import {
  type Clock,
  type DeadLetter,
  type Decision,
  type DecisionPlace,
  type OutboxEntry,
  type ReactorCommit,
  type ReactorStore,
  type Settlement,
  steadyTime,
  type Telemetry,
} from '../core/index.ts';
import { pack, unpack } from './codec.ts';
import { Committer } from './committer.ts';
import { DecisionTable } from './decision-table.ts';
import { closeEnvironment, type Environment, openEnvironment, tableOf } from './environment.ts';
import { reactionKey } from './ids.ts';
import {
  packDeadLetter,
  packOutboxEntry,
  packSettlement,
  unpackDeadLetter,
  unpackOutboxEntry,
  unpackSettlement,
} from './reaction-records.ts';
import type { Change, Table } from './table.ts';
import { Trimmer } from './trimmer.ts';

export interface ReactorStoreOptions {
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Decisions, and how their reactions ended, are kept for this many milliseconds. */
  readonly keepDecisionsMs: number;
}

const lateSettlementsMax = 16;

const names = ['cursors', 'decisions', 'decided', 'outbox', 'settled', 'dead', 'state'];

/** Opens or makes a reactor's store. Throws JOURNAL_DAMAGED. */
export async function openReactorStore(
  folder: string,
  options: ReactorStoreOptions,
): Promise<ReactorStore & { close(): Promise<void> }> {
  const store = new LmdbReactorStore(openEnvironment(folder, names, options.clock), options);
  return Promise.resolve(store);
}

class LmdbReactorStore implements ReactorStore {
  readonly #environment: Environment;
  readonly #options: ReactorStoreOptions;
  readonly #committer: Committer;
  readonly #decisions: DecisionTable;
  readonly #cursors: Table;
  readonly #outbox: Table;
  readonly #settled: Table;
  readonly #dead: Table;
  readonly #state: Table;
  readonly #steadyNowMs: () => number;
  readonly #trimmer: Trimmer;
  /** The cursor of the last commit, which the table may not hold yet. */
  #passed: ReactorCommit['cursor'];

  constructor(environment: Environment, options: ReactorStoreOptions) {
    this.#environment = environment;
    this.#options = options;
    this.#steadyNowMs = steadyTime(options.clock);
    this.#committer = new Committer(environment, options);
    this.#cursors = tableOf(environment, 'cursors');
    this.#outbox = tableOf(environment, 'outbox');
    this.#settled = tableOf(environment, 'settled');
    this.#dead = tableOf(environment, 'dead');
    this.#state = tableOf(environment, 'state');
    this.#decisions = new DecisionTable(
      tableOf(environment, 'decisions'),
      tableOf(environment, 'decided'),
      this.#settled,
    );
    this.#trimmer = new Trimmer(options.clock, () => this.#trim());
    this.#trimmer.start();
  }

  commit(change: ReactorCommit): Promise<void> {
    return this.#committer.submit(() => [...this.#changesOf(change)], isLate(change) ? 'late' : undefined);
  }

  commitWhen(make: () => ReactorCommit): Promise<void> {
    return this.#committer.submit(() => [...this.#changesOf(make())]);
  }

  *#changesOf(change: ReactorCommit): Iterable<Change> {
    const { cursor, decisions = [], outbox = [], postponed = [], revived = [], state } = change;
    // What lies before the cursor of the commits so far, and is decided now, is decided late.
    const before = this.#passed;
    const passed = (logId: string): number | undefined =>
      before?.source === logId ? before.nextSeq : this.cursor(logId);
    yield* this.#decisions.add(decisions, this.#options.clock.nowMs(), passed);
    if (cursor !== undefined) {
      this.#passed = cursor;
      yield put(this.#cursors, cursor.source, pack(cursor.nextSeq));
    }
    for (const { reaction } of revived) yield remove(this.#dead, reaction.id);
    for (const entries of [outbox, postponed, revived]) {
      for (const entry of entries)
        yield put(this.#outbox, reactionKey(entry.reaction.id), packOutboxEntry(entry));
    }
    for (const settlement of change.settled ?? []) {
      yield remove(this.#outbox, settlement.reaction);
      yield put(this.#settled, reactionKey(settlement.reaction), packSettlement(settlement));
    }
    for (const letter of change.dead ?? []) {
      yield remove(this.#outbox, letter.reaction.id);
      yield put(this.#dead, reactionKey(letter.reaction.id), packDeadLetter(letter));
    }
    for (const id of change.dropped ?? []) yield remove(this.#dead, id);
    for (const [key, bytes] of state ?? []) yield put(this.#state, key, bytes);
  }

  cursor(source: string): number | undefined {
    const bytes = this.#cursors.get(source);
    return bytes === undefined ? undefined : Number(unpack(bytes));
  }

  *outbox(): Iterable<OutboxEntry> {
    for (const { value } of this.#outbox.getRange({})) yield unpackOutboxEntry(value);
  }

  outboxSize(): number {
    return this.#outbox.count;
  }

  deadLettersSize(): number {
    return this.#dead.count;
  }

  *deadLetters(): Iterable<DeadLetter> {
    for (const { value } of this.#dead.getRange({})) yield unpackDeadLetter(value);
  }

  deadLetter(reaction: string): DeadLetter | undefined {
    const bytes = this.#dead.get(reactionKey(reaction));
    return bytes === undefined ? undefined : unpackDeadLetter(bytes);
  }

  decisionsOf(event: string): Decision[] {
    return this.#decisions.of(event);
  }

  decisions(limit: number, after?: DecisionPlace): Iterable<Decision> {
    return this.#decisions.newest(limit, after);
  }

  settlement(reaction: string): Settlement | undefined {
    const bytes = this.#settled.get(reactionKey(reaction));
    return bytes === undefined ? undefined : unpackSettlement(bytes, reaction);
  }

  state(key: string): Uint8Array | undefined {
    return this.#state.get(key);
  }

  async close(): Promise<void> {
    this.#trimmer.stop();
    await this.#committer.close();
    await closeEnvironment(this.#environment);
  }

  /** Forgets some decisions that are too old; true when there may be more. */
  async #trim(): Promise<boolean> {
    let more = false;
    await this.#committer.submit(() => {
      const step = this.#decisions.trim(this.#steadyNowMs() - this.#options.keepDecisionsMs);
      more = step.more;
      return step.changes;
    }, 'alone');
    return more;
  }
}

/**
 * Without a record of how a few reactions ended they are submitted once more after a crash, and answered as
 * repeated. So it is not worth a flush of its own; many outcomes are, because their places are wanted.
 */
function isLate({ settled = [], ...rest }: ReactorCommit): boolean {
  return settled.length > 0 && settled.length <= lateSettlementsMax && Object.values(rest).every(isEmpty);
}

function isEmpty(part: ReactorCommit[keyof ReactorCommit]): boolean {
  return part === undefined || (Array.isArray(part) && part.length === 0);
}

function put(table: Table, key: Change['key'], bytes: Uint8Array): Change {
  return { table, key, bytes };
}

function remove(table: Table, reaction: string): Change {
  return { table, key: reactionKey(reaction) };
}
