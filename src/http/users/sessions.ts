import { type Clock, type Ids, mapOf, type Telemetry, textAt, type Value } from '../../core/index.ts';
import { openStore, type Store } from '../../journal/index.ts';
import { hashOf } from './token-file.ts';

/**
 * `session`: what `/login` gives, for the header and the cookie. `chunk`: what `/token` gives, for the chunks of
 * `/run` and for streams. Salt keeps them apart, and so do we.
 */
export type SessionKind = 'session' | 'chunk';

export interface Session {
  readonly kind: SessionKind;
  readonly user: string;
  /** The user's generation at login; another one means another password. */
  readonly generation: number;
  readonly eauth: string;
  readonly startMs: number;
  readonly expireMs: number;
  /** When it was last used. */
  seenMs: number;
}

export interface SessionsOptions {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly telemetry: Telemetry;
  readonly idleMs: number;
  readonly maxMs: number;
}

const table = 'sessions';
/** Logins at once; a further one ends the one that was not used for the longest time. */
const sessionsMax = 10_000;
/** The disk learns of use only so often. */
const seenStepMs = 5 * 60_000;
/** Bytes of an id, as long as those of salt-api, and of the other kind. */
const idBytes: Readonly<Record<SessionKind, number>> = { session: 20, chunk: 32 };

/** Logins, which survive a restart. Their ids are kept as hashes only. */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #store: Store;
  /** By the id's hash, the least recently used first. */
  readonly #sessions = new Map<string, Session>();

  private constructor(store: Store, options: SessionsOptions) {
    this.#store = store;
    this.#options = options;
  }

  static async open(folder: string, options: SessionsOptions): Promise<Sessions> {
    const sessions = new Sessions(await openStore(folder, [table], options), options);
    await sessions.#load();
    return sessions;
  }

  get count(): number {
    return this.#sessions.size;
  }

  /** Makes a login and resolves with its id once it is durable. */
  async start(
    kind: SessionKind,
    who: { readonly user: string; readonly generation: number; readonly eauth: string },
  ): Promise<{ readonly id: string; readonly session: Session }> {
    const { clock, ids, maxMs } = this.#options;
    const nowMs = clock.nowMs();
    const session: Session = { kind, ...who, startMs: nowMs, expireMs: nowMs + maxMs, seenMs: nowMs };
    const id = ids.random(idBytes[kind]);
    const hash = hashOf(id);
    this.#sessions.set(hash, session);
    const changes = [{ table, key: hash, value: toValue(session) as Value | undefined }];
    for (const old of this.#tooMany()) changes.push({ table, key: old, value: undefined });
    await this.#store.commit(changes);
    return { id, session };
  }

  /** The login of an id, and notes that it is used. Undefined when there is none or it has ended. */
  find(id: string): Session | undefined {
    const hash = hashOf(id);
    const session = this.#sessions.get(hash);
    if (session === undefined) return undefined;
    const nowMs = this.#options.clock.nowMs();
    if (this.#hasEnded(session, nowMs)) {
      this.#forget(hash);
      return undefined;
    }
    const isNews = nowMs - session.seenMs > seenStepMs;
    session.seenMs = nowMs;
    this.#sessions.delete(hash);
    this.#sessions.set(hash, session);
    if (isNews) this.#write([{ table, key: hash, value: toValue(session) }]);
    return session;
  }

  async end(id: string): Promise<void> {
    const hash = hashOf(id);
    if (this.#sessions.delete(hash)) await this.#store.commit([{ table, key: hash, value: undefined }]);
  }

  /** Whether a login is still there; whoever asks uses it, as an open stream does all the time. */
  holds(id: string): boolean {
    return this.find(id) !== undefined;
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  #hasEnded({ expireMs, seenMs }: Session, nowMs: number): boolean {
    return nowMs >= expireMs || nowMs >= seenMs + this.#options.idleMs;
  }

  async #load(): Promise<void> {
    const nowMs = this.#options.clock.nowMs();
    const ended: string[] = [];
    const found: [string, Session][] = [];
    for (const [hash, value] of this.#store.range(table)) {
      const session = fromValue(value);
      if (this.#hasEnded(session, nowMs)) ended.push(hash);
      else found.push([hash, session]);
    }
    for (const [hash, session] of found.sort(([, a], [, b]) => a.seenMs - b.seenMs))
      this.#sessions.set(hash, session);
    await this.#store.commit(ended.map((key) => ({ table, key, value: undefined })));
  }

  #tooMany(): string[] {
    const over = [...this.#sessions.keys()].slice(0, Math.max(0, this.#sessions.size - sessionsMax));
    for (const hash of over) this.#sessions.delete(hash);
    return over;
  }

  #forget(hash: string): void {
    this.#sessions.delete(hash);
    this.#write([{ table, key: hash, value: undefined }]);
  }

  #write(changes: Parameters<Store['commit']>[0]): void {
    this.#store.commit(changes).catch((error: unknown) => {
      this.#options.telemetry.emit({ kind: 'unexpected', where: 'api sessions', message: String(error) });
    });
  }
}

function toValue({ kind, user, generation, eauth, startMs, expireMs, seenMs }: Session): Value {
  return mapOf({
    kind,
    user,
    generation,
    eauth,
    start_ms: startMs,
    expire_ms: expireMs,
    seen_ms: seenMs,
  });
}

function fromValue(value: Value): Session {
  const map = value instanceof Map ? value : new Map<Value, Value>();
  return {
    kind: textAt(map, 'kind') === 'chunk' ? 'chunk' : 'session',
    user: textAt(map, 'user'),
    generation: Number(map.get('generation')),
    eauth: textAt(map, 'eauth'),
    startMs: Number(map.get('start_ms')),
    expireMs: Number(map.get('expire_ms')),
    seenMs: Number(map.get('seen_ms')),
  };
}
