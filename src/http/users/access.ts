import { BrineError, type Clock, type Telemetry } from '../../core/index.ts';
import { type Caller, callerOf } from './caller.ts';
import type { LockOut } from './lock-out.ts';
import { isPassword } from './password.ts';
import type { Session, SessionKind, Sessions } from './sessions.ts';
import { findToken, type TokenFile } from './token-file.ts';
import type { TokenUse } from './token-use.ts';
import type { UserFile, UserRecord } from './user-file.ts';

export interface AccessOptions {
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly users: UserFile;
  readonly tokens: TokenFile;
  readonly tokenUse: TokenUse;
  readonly sessions: Sessions;
  readonly lockOut: LockOut;
}

/** What somebody shows to log in. */
export interface Login {
  readonly username: string;
  readonly password: string;
  /** Salt's name of a way to authenticate. Brine knows one, takes any name and tells it again. */
  readonly eauth: string;
}

export interface LoggedIn {
  readonly id: string;
  readonly session: Session;
  readonly user: UserRecord;
}

/** The only way from a credential to a `Caller`. */
export class Access {
  readonly #options: AccessOptions;

  constructor(options: AccessOptions) {
    this.#options = options;
  }

  /** Whether anybody could get in at all. */
  hasAnybody(): boolean {
    return this.#options.users.read().size > 0 || this.#options.tokens.read().size > 0;
  }

  /** The caller of a token or of a login of one of these kinds. Undefined: nobody's. */
  byToken(secret: string, address: string, kinds: readonly SessionKind[]): Caller | undefined {
    if (!/^[0-9a-f]{8,128}$/.test(secret)) return undefined;
    return this.#bySession(secret, address, kinds) ?? this.#byApiToken(secret, address);
  }

  /** Checks a password. Undefined when it is wrong. Throws OVERLOADED, with `retry_after_s` when locked out. */
  async byPassword(login: Login, address: string): Promise<Caller | undefined> {
    const user = await this.#check(login, address);
    if (user === undefined) return undefined;
    const { username: name } = login;
    return callerOf({
      kind: 'user',
      name,
      address,
      rights: user,
      by: 'eauth',
      holds: () => this.#options.users.read().get(name)?.generation === user.generation,
    });
  }

  /** Checks a password and starts a login. */
  async logIn(login: Login, address: string, kind: SessionKind): Promise<LoggedIn | undefined> {
    const user = await this.#check(login, address);
    if (user === undefined) return undefined;
    const { username, eauth } = login;
    const who = { user: username, generation: user.generation, eauth };
    return { ...(await this.#options.sessions.start(kind, who)), user };
  }

  logOut(session: string): Promise<void> {
    return this.#options.sessions.end(session);
  }

  async #check({ username, password }: Login, address: string): Promise<UserRecord | undefined> {
    const { lockOut, users, telemetry } = this.#options;
    const refuseLockedOut = (): void => {
      const waitMs = lockOut.waitMs(address, username);
      if (waitMs > 0) throw lockedOut(waitMs);
    };
    refuseLockedOut();
    const user = users.read().get(username);
    // Asked again when its turn has come: of many guesses at once the first ones have failed by then.
    if (await isPassword(password, user?.password ?? null, refuseLockedOut)) {
      lockOut.worked(address, username);
      return user;
    }
    lockOut.failed(address, username);
    telemetry.emit({ kind: 'api.login.refused', user: username.slice(0, 64), address });
    return undefined;
  }

  #bySession(id: string, address: string, kinds: readonly SessionKind[]): Caller | undefined {
    const { sessions, users } = this.#options;
    const session = sessions.find(id);
    if (session === undefined || !kinds.includes(session.kind)) return undefined;
    const { user: name, generation } = session;
    const user = users.read().get(name);
    if (user === undefined || user.generation !== generation) return undefined;
    return callerOf({
      kind: 'user',
      name,
      address,
      rights: user,
      session: id,
      by: 'token',
      holds: () => sessions.holds(id) && users.read().get(name)?.generation === generation,
    });
  }

  #byApiToken(secret: string, address: string): Caller | undefined {
    const { tokens, tokenUse, clock } = this.#options;
    const found = findToken(tokens.read(), secret);
    if (found === undefined) return undefined;
    const { name, record } = found;
    const isLive = (): boolean => {
      const now = tokens.read().get(name);
      if (now === undefined || now.hash !== record.hash) return false;
      return now.expiresMs === null || clock.nowMs() < now.expiresMs;
    };
    if (!isLive()) return undefined;
    tokenUse.used(name);
    return callerOf({ kind: 'token', name, address, rights: record, by: 'token', holds: isLive });
  }
}

function lockedOut(waitMs: number): BrineError {
  const seconds = Math.ceil(waitMs / 1000);
  return new BrineError('OVERLOADED', `Too many failed logins; try again in ${seconds} s.`, {
    fields: { retry_after_s: seconds, locked_out: true },
  });
}
