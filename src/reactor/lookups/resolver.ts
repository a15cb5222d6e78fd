import { packValue } from '../../bus/index.ts';
import type { LookupSettings } from '../../config/index.ts';
import {
  type Answer,
  type Clock,
  type ErrorCode,
  isBrineError,
  type Lookup,
  type LookupFault,
  type Lookups,
  lookupKey,
  messageOf,
  type Telemetry,
} from '../../core/index.ts';

export interface ResolverOptions {
  readonly lookups: Lookups;
  readonly settings: LookupSettings;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/** Answers that are kept for further events. */
const cachedMax = 1000;
const cachedBytesMax = 16 << 20;

interface Known {
  readonly askedAtMs: number;
  readonly bytes: number;
  readonly answer: Answer;
}

/** A look-up that was asked for and has no answer yet. */
interface Asking {
  readonly lookup: Lookup;
  readonly key: string;
  readonly answered: Promise<Answer>;
  readonly settle: (answer: Answer) => void;
  /** When it was put; null while it waits for its turn. */
  askedAtMs: number | null;
  /** How many events wait for it. */
  wanted: number;
}

/**
 * Gets answers through the port. Equal look-ups at one time are one. An answer serves every event that was there when it
 * was asked, so that a thousand equal events ask once and none is told what was true before it happened; with a cache
 * time it serves later events too.
 */
export class Resolver {
  readonly #options: ResolverOptions;
  readonly #known = new Map<string, Known>();
  readonly #asking = new Map<string, Asking>();
  readonly #queue: Asking[] = [];
  readonly #abort = new AbortController();
  #knownBytes = 0;
  #underWay = 0;

  constructor(options: ResolverOptions) {
    this.#options = options;
  }

  /** The answer for an event of that time, or undefined when `given up` comes first. Never rejects. */
  async ask(lookup: Lookup, eventAtMs: number, givenUp: Promise<undefined>): Promise<Answer | undefined> {
    const key = lookupKey(lookup);
    const known = this.#known.get(key);
    if (known !== undefined && this.#serves(known.askedAtMs, eventAtMs)) return known.answer;
    let asking = this.#asking.get(key);
    if (asking === undefined || (asking.askedAtMs !== null && !this.#serves(asking.askedAtMs, eventAtMs)))
      asking = this.#enqueue(lookup, key);
    asking.wanted += 1;
    const answer = await Promise.race([asking.answered, givenUp]);
    asking.wanted -= 1;
    return answer;
  }

  /** Ends what is under way. */
  stop(): void {
    this.#queue.length = 0;
    this.#abort.abort();
  }

  #serves(askedAtMs: number, eventAtMs: number): boolean {
    const { clock, settings } = this.#options;
    return askedAtMs >= eventAtMs || clock.nowMs() - askedAtMs <= settings.cacheMs;
  }

  #enqueue(lookup: Lookup, key: string): Asking {
    const { promise: answered, resolve: settle } = withResolvers<Answer>();
    const asking: Asking = { lookup, key, answered, settle, askedAtMs: null, wanted: 0 };
    this.#asking.set(key, asking);
    this.#queue.push(asking);
    // In a later step: whoever asked is counted by then.
    void Promise.resolve().then(() => this.#next());
    return asking;
  }

  #next(): void {
    while (this.#underWay < this.#options.settings.atOnceMax) {
      const asking = this.#queue.shift();
      if (asking === undefined) return;
      if (asking.wanted === 0) this.#forget(asking);
      else void this.#run(asking);
    }
  }

  async #run(asking: Asking): Promise<void> {
    const { clock, telemetry } = this.#options;
    this.#underWay += 1;
    asking.askedAtMs = clock.nowMs();
    const startMs = clock.monotonicMs();
    const { answer, bytes } = this.#measured(await this.#put(asking.lookup));
    this.#underWay -= 1;
    this.#forget(asking);
    if (!this.#abort.signal.aborted) this.#keep(asking.key, { askedAtMs: asking.askedAtMs, bytes, answer });
    telemetry.emit({
      kind: 'lookup.answered',
      fun: asking.lookup.fun,
      outcome: answer.ok ? 'ok' : answer.reason,
      message: answer.ok ? '' : answer.message,
      tookMs: clock.monotonicMs() - startMs,
    });
    asking.settle(answer);
    this.#next();
  }

  /** Asks the port and waits no longer than the limit, whatever the port does. */
  async #put(lookup: Lookup): Promise<Answer> {
    const { clock, lookups, settings } = this.#options;
    const { timeoutMs } = settings;
    const limit = new AbortController();
    const signal = AbortSignal.any([limit.signal, this.#abort.signal]);
    const late = withResolvers<Answer>();
    const cancel = clock.after(timeoutMs, () => {
      late.resolve(timedOut(`no answer within ${timeoutMs / 1000} s, the limit of lookup_timeout`));
      limit.abort();
    });
    try {
      const asked = lookups
        .ask(lookup, { timeoutMs, signal })
        .then((value): Answer => ({ ok: true, value }), answerOf);
      return await Promise.race([asked, late.promise]);
    } finally {
      cancel();
    }
  }

  #measured(answer: Answer): { answer: Answer; bytes: number } {
    const { answerBytesMax } = this.#options.settings;
    if (!answer.ok) return { answer, bytes: answer.message.length };
    try {
      const bytes = packValue(answer.value).length;
      if (bytes <= answerBytesMax) return { answer, bytes };
      const message = `the answer has ${bytes} bytes, lookup_answer_max is ${answerBytesMax}`;
      return { answer: { ok: false, reason: 'too-large', message }, bytes: message.length };
    } catch (error) {
      return { answer: answerOf(error), bytes: 0 };
    }
  }

  #forget(asking: Asking): void {
    if (this.#asking.get(asking.key) === asking) this.#asking.delete(asking.key);
  }

  #keep(key: string, known: Known): void {
    this.#drop(key);
    this.#known.set(key, known);
    this.#knownBytes += known.bytes + key.length;
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= cachedMax && this.#knownBytes <= cachedBytesMax) break;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    const known = this.#known.get(key);
    if (known === undefined) return;
    this.#known.delete(key);
    this.#knownBytes -= known.bytes + key.length;
  }
}

export function timedOut(message: string): Answer {
  return { ok: false, reason: 'timeout', message };
}

const faults: Readonly<Partial<Record<ErrorCode, LookupFault>>> = {
  NO_SUCH_FUNCTION: 'unknown-function',
  BAD_ARGUMENT: 'bad-arguments',
  TIMEOUT: 'timeout',
  EVENT_TOO_LARGE: 'too-large',
  NOT_RUNNING: 'unreachable',
  BUS_CLOSED: 'unreachable',
  BUS_CUT_OFF: 'unreachable',
  OVERLOADED: 'unreachable',
  STOPPING: 'unreachable',
};

function answerOf(error: unknown): Answer {
  const reason = (isBrineError(error) ? faults[error.code] : undefined) ?? 'failed';
  return { ok: false, reason, message: messageOf(error) };
}

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
