import type { Clock, Decision, OutboxEntry, ReactorCommit, ReactorStore } from '../core/index.ts';

/** What one turn of the reactor leaves behind. */
export interface Turn {
  readonly source: string;
  readonly nextSeq: number;
  readonly decisions: readonly Decision[];
  readonly outbox: readonly OutboxEntry[];
  /** Changed values of the reactor's state, by key. */
  readonly state: ReadonlyMap<string, Uint8Array>;
}

interface Gathered {
  source: string;
  nextSeq: number;
  decisions: Decision[];
  outbox: OutboxEntry[];
  state: Map<string, Uint8Array>;
}

export interface TurnJournalOptions {
  readonly store: ReactorStore;
  readonly clock: Clock;
  /** After a turn is durable, in order. */
  readonly committed: (turn: Turn) => void;
}

const decisionsMax = 1024;
const retryMs = 1000;
/** How far behind the cursor may be while nothing is decided; a restart only reads those events again. */
const cursorMs = 1000;

/**
 * Commits turns in order. While one is flushed to the disk the next ones are gathered into one, so the
 * reactor goes on deciding and pays for the disk once for many. A turn that cannot be stored (full disk) is
 * tried again until it can: nothing behind it may overtake it.
 */
export class TurnJournal {
  readonly #options: TurnJournalOptions;
  #gathered: Gathered | null = null;
  #writing: Promise<void> | undefined;
  #cancelCursor: (() => void) | undefined;
  #wakeRetry: (() => void) | undefined;
  #closing = false;

  constructor(options: TurnJournalOptions) {
    this.#options = options;
  }

  /** Takes a turn; waits only when so much is gathered that the reactor should not read on. */
  async add(turn: Turn): Promise<void> {
    this.#gather(turn);
    if (turn.decisions.length > 0 || turn.state.size > 0) this.#write();
    else this.#writeLater();
    if ((this.#gathered?.decisions.length ?? 0) >= decisionsMax) await this.#writing;
  }

  /** Stores what was gathered, if the disk takes it; without it, those events are decided again. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#cancelCursor?.();
    this.#wakeRetry?.();
    this.#write();
    await this.#writing;
  }

  #gather(turn: Turn): void {
    const gathered = this.#gathered;
    if (gathered === null) {
      this.#gathered = {
        source: turn.source,
        nextSeq: turn.nextSeq,
        decisions: [...turn.decisions],
        outbox: [...turn.outbox],
        state: new Map(turn.state),
      };
      return;
    }
    gathered.source = turn.source;
    gathered.nextSeq = turn.nextSeq;
    for (const decision of turn.decisions) gathered.decisions.push(decision);
    for (const entry of turn.outbox) gathered.outbox.push(entry);
    for (const [key, bytes] of turn.state) gathered.state.set(key, bytes);
  }

  #writeLater(): void {
    this.#cancelCursor ??= this.#options.clock.after(cursorMs, () => this.#write());
  }

  #write(): void {
    this.#cancelCursor?.();
    this.#cancelCursor = undefined;
    if (this.#gathered !== null) this.#writing ??= this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    while (this.#gathered !== null) {
      const turn = await this.#commit();
      if (turn === null) break;
      this.#options.committed(turn);
    }
    this.#writing = undefined;
  }

  /** What was committed; turns that come before the store begins to write go with it. Null when it cannot be. */
  async #commit(): Promise<Gathered | null> {
    const taken: { turn: Gathered | null } = { turn: null };
    while (true) {
      try {
        await this.#options.store.commitWhen(() => {
          if (taken.turn === null) {
            taken.turn = this.#gathered;
            this.#gathered = null;
          }
          return changeOf(taken.turn);
        });
        return taken.turn;
      } catch {
        // The journal has reported why.
        if (this.#closing) return null;
        await this.#pause();
      }
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(retryMs, resolve);
      this.#wakeRetry = () => {
        cancel();
        resolve();
      };
    });
  }
}

function changeOf(turn: Gathered | null): ReactorCommit {
  if (turn === null) return {};
  const { source, nextSeq, decisions, outbox, state } = turn;
  return { cursor: { source, nextSeq }, decisions, outbox, state };
}
