import type { Clock, Ids, Telemetry } from '../../core/index.ts';

/** A minion that has proven who it is, on one connection. */
export interface Session {
  readonly id: string;
  readonly peer: string;
  readonly token: string;
  lastSeenMs: number;
}

export interface SessionsOptions {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly telemetry: Telemetry;
  /** Silence after which a minion counts as lost. */
  readonly silenceMsMax: number;
  /** Called when the set of attached minions changes. */
  readonly onChange: () => void;
}

const tokenBytes = 32;

/** The attached minions. One session for each id: a newer one takes the place of the older. */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #byToken = new Map<string, Session>();
  readonly #byId = new Map<string, Session>();

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#byId.size;
  }

  has(id: string): boolean {
    return this.#byId.has(id);
  }

  get(id: string): Session | undefined {
    return this.#byId.get(id);
  }

  /** Sorted. */
  ids(): string[] {
    return [...this.#byId.keys()].sort();
  }

  open(id: string, peer: string): Session {
    const { clock, ids, telemetry, onChange } = this.#options;
    const before = this.#byId.get(id);
    if (before !== undefined) this.#byToken.delete(before.token);
    const session = { id, peer, token: ids.random(tokenBytes), lastSeenMs: clock.monotonicMs() };
    this.#byToken.set(session.token, session);
    this.#byId.set(id, session);
    telemetry.emit({ kind: 'minion.connected', id });
    if (before === undefined) onChange();
    return session;
  }

  /** The session of a request, or undefined: the token must come over the connection it was made for. */
  find(token: string, peer: string): Session | undefined {
    const session = this.#byToken.get(token);
    if (session === undefined || session.peer !== peer) return undefined;
    session.lastSeenMs = this.#options.clock.monotonicMs();
    return session;
  }

  close(session: Session, reason: string): void {
    if (this.#byToken.get(session.token) !== session) return;
    this.#byToken.delete(session.token);
    this.#byId.delete(session.id);
    this.#options.telemetry.emit({ kind: 'minion.lost', id: session.id, reason });
    this.#options.onChange();
  }

  closeAll(reason: string): void {
    for (const session of this.#byId.values()) this.close(session, reason);
  }

  /** Closes sessions that were silent for too long. */
  sweep(): void {
    const oldestMs = this.#options.clock.monotonicMs() - this.#options.silenceMsMax;
    for (const session of this.#byId.values())
      if (session.lastSeenMs < oldestMs) this.close(session, 'it was silent for too long');
  }
}
