import { BrineError, type Clock, parseJson, type Value } from '../../core/index.ts';
import type { SaltApiConnections, SaltApiPlace } from './connection.ts';
import { isAboutToken, LoginRefusal, refusalOf, SaltApiRefusal } from './refusal.ts';
import { pathAt, postTo, type SaltApiAnswer } from './request.ts';

export interface SaltApiCredentials {
  readonly username: string;
  readonly eauth: string;
  /** Read at every login, so that a new password counts without a restart. */
  readonly password: () => Promise<string>;
}

export interface SaltApiSessionOptions {
  readonly place: SaltApiPlace;
  readonly connections: SaltApiConnections;
  readonly credentials: SaltApiCredentials;
  readonly clock: Clock;
  /** There is another token than before. */
  readonly renewed: (token: string) => void;
}

const loginMs = 30_000;
/** The share of a token's life after which the next one is asked for. */
const renewAfter = 0.75;
const againMs = 5000;
/** Wrong credentials, tried again and again, lock accounts. */
const refusedMs = 1000;
const refusedMsMax = 60_000;
/** A token that was given just now is not refused for its age. */
const freshMs = 1000;
const timerMsMax = 2 ** 31 - 1;

interface Token {
  readonly text: string;
  readonly sinceMs: number;
}

/** A login at salt-api that lasts: its token is renewed before it expires, and when it is refused. */
export class SaltApiSession {
  readonly #options: SaltApiSessionOptions;
  #token: Token | undefined;
  #login: Promise<Token> | undefined;
  #refusal: { readonly error: LoginRefusal; readonly untilMs: number } | undefined;
  #refusals = 0;
  #cancel: () => void = () => undefined;
  #closed = false;
  logins = 0;

  constructor(options: SaltApiSessionOptions) {
    this.#options = options;
  }

  /** Throws BUS_CLOSED, or SaltApiRefusal when the credentials are refused. */
  async token(): Promise<string> {
    return (this.#token ?? (await this.#renew())).text;
  }

  /** This token was refused; the next one asked for is another. */
  refused(token: string): void {
    if (this.#token?.text === token) this.#token = undefined;
  }

  /**
   * What salt-api returned for one chunk of work. Throws SaltApiRefusal; BUS_CLOSED when nothing was done; TIMEOUT
   * when it was sent and perhaps done.
   */
  async run(chunk: string, timeoutMs: number): Promise<Value> {
    const used = this.#token ?? (await this.#renew());
    try {
      return await this.#runWith(used, chunk, timeoutMs);
    } catch (error) {
      if (!(error instanceof SaltApiRefusal) || !isAboutToken(error)) throw error;
      if (this.#options.clock.monotonicMs() - used.sinceMs < freshMs) throw error;
      this.refused(used.text);
      return this.#runWith(this.#token ?? (await this.#renew()), chunk, timeoutMs);
    }
  }

  close(): void {
    this.#closed = true;
    this.#cancel();
  }

  async #runWith({ text }: Token, chunk: string, timeoutMs: number): Promise<Value> {
    const answer = await this.#post('/', `[${chunk}]`, { 'x-auth-token': text }, timeoutMs);
    const returned = returnIn(answer);
    return (Array.isArray(returned) ? returned[0] : undefined) ?? null;
  }

  /** Several ask at once: one login answers all. After a refusal the next one waits, and longer each time. */
  #renew(): Promise<Token> {
    const { clock } = this.#options;
    if (this.#refusal !== undefined && clock.monotonicMs() < this.#refusal.untilMs)
      return Promise.reject(this.#refusal.error);
    this.#login ??= this.#logIn()
      .catch((error: unknown) => {
        if (!(error instanceof SaltApiRefusal)) throw error;
        const refusal = new LoginRefusal(error.status, error.message);
        const waitMs = Math.min(refusedMs * 2 ** this.#refusals, refusedMsMax);
        this.#refusals += 1;
        this.#refusal = { error: refusal, untilMs: clock.monotonicMs() + waitMs };
        throw refusal;
      })
      .finally(() => {
        this.#login = undefined;
      });
    return this.#login;
  }

  async #logIn(): Promise<Token> {
    const { credentials, clock, renewed } = this.#options;
    const { username, eauth } = credentials;
    const body = JSON.stringify({ username, eauth, password: await credentials.password() });
    const answer = await this.#post('/login', body, {}, loginMs);
    const given = returnIn(answer);
    const login = Array.isArray(given) ? given[0] : given;
    const text = login instanceof Map ? login.get('token') : undefined;
    if (!(login instanceof Map) || typeof text !== 'string')
      throw new SaltApiRefusal(answer.status, 'salt-api gave no token for these credentials.');
    const token = { text, sinceMs: clock.monotonicMs() };
    this.#token = token;
    this.#refusal = undefined;
    this.#refusals = 0;
    this.logins += 1;
    // The clocks of the two hosts may differ: only how long a token lives counts, not until when.
    const lifeMs = (numberOf(login.get('expire')) - numberOf(login.get('start'))) * 1000;
    if (lifeMs > 0) this.#renewIn(lifeMs * renewAfter);
    renewed(text);
    return token;
  }

  #renewIn(delayMs: number): void {
    this.#cancel();
    if (this.#closed) return;
    this.#cancel = this.#options.clock.after(Math.min(delayMs, timerMsMax), () => {
      this.#renew().catch(() => this.#renewIn(againMs));
    });
  }

  async #post(
    route: string,
    body: string,
    headers: Record<string, string>,
    timeoutMs: number,
  ): Promise<SaltApiAnswer> {
    const { place, connections, clock } = this.#options;
    const all = { accept: 'application/json', 'content-type': 'application/json', ...headers };
    const call = { path: pathAt(place, route), headers: all, body, timeoutMs };
    const answer = await postTo(connections, call, clock);
    if (answer.status === 200) return answer;
    throw faultOf(answer);
  }
}

/** A refusal, or an error that says whether the work may have been done. */
function faultOf({ status, text }: SaltApiAnswer): Error {
  const refusal = refusalOf(status, text);
  if (status < 500) return refusal;
  const said = `salt-api answered ${status}: ${refusal.message}`;
  // This is what it says before it asks the master for anything.
  if (/Salt Master is not available/.test(refusal.message)) return new BrineError('BUS_CLOSED', said);
  return new BrineError('TIMEOUT', said);
}

function returnIn({ text }: SaltApiAnswer): Value {
  let answer: Value;
  try {
    answer = parseJson(text);
  } catch (cause) {
    throw new BrineError('TIMEOUT', 'salt-api answered with something that is not JSON.', { cause });
  }
  return answer instanceof Map ? (answer.get('return') ?? null) : null;
}

function numberOf(value: Value | undefined): number {
  if (typeof value === 'number') return value;
  const float = (value as { value?: unknown } | null | undefined)?.value;
  return typeof float === 'number' ? float : 0;
}
