import type { LookupSettings } from '../../config/index.ts';
import { type Answer, type Clock, type Event, type Lookup, lookupKey } from '../../core/index.ts';
import { type Resolver, timedOut } from './resolver.ts';

export interface WaitingRoomOptions {
  readonly settings: LookupSettings;
  readonly clock: Clock;
  readonly resolver: Pick<Resolver, 'ask'>;
  /** What the rules still need for the event. */
  needs(event: Event, answers: ReadonlyMap<string, Answer>): readonly Lookup[];
  /** Decides the event for good; false when the rules have changed and need more. Called once the event is left out. */
  conclude(event: Event, answers: ReadonlyMap<string, Answer>, leave: () => void): boolean;
}

interface Waiting {
  readonly event: Event;
  readonly rules: readonly string[];
  readonly answers: Map<string, Answer>;
  /** Resolves when the event has waited long enough. */
  readonly expired: Promise<undefined>;
  readonly stopClock: () => void;
  isLate: boolean;
  rounds: number;
  ready: boolean;
}

/**
 * Events whose templates wait for answers. They hold up no others, but each rule gets its events in their order: an event
 * of a rule that waits joins in behind, and what it asks is asked meanwhile. How long one waits is bounded, so
 * those behind it are too.
 */
export class WaitingRoom {
  readonly #options: WaitingRoomOptions;
  readonly #waiting = new Set<Waiting>();
  /** For each rule the events that wait for it, in order. */
  readonly #lines = new Map<string, Waiting[]>();
  #roomListeners: (() => void)[] = [];
  #closed = false;

  constructor(options: WaitingRoomOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#waiting.size;
  }

  get isFull(): boolean {
    return this.#waiting.size >= this.#options.settings.waitingMax;
  }

  /** Whether an event before it waits for one of these rules. */
  isBusy(rules: readonly string[]): boolean {
    return this.#waiting.size > 0 && rules.some((rule) => this.#lines.has(rule));
  }

  /** The ids of the events that are not decided yet. */
  events(): string[] {
    return Array.from(this.#waiting, ({ event }) => event.id);
  }

  add(event: Event, rules: readonly string[]): void {
    let expire: () => void = () => undefined;
    const expired = new Promise<undefined>((resolve) => {
      expire = () => resolve(undefined);
    });
    const { clock, settings } = this.#options;
    const stopClock = clock.after(settings.waitMs, () => {
      waiting.isLate = true;
      expire();
    });
    const waiting: Waiting = {
      event,
      rules,
      answers: new Map(),
      expired,
      stopClock,
      isLate: false,
      rounds: 0,
      ready: false,
    };
    this.#waiting.add(waiting);
    for (const rule of rules) {
      const line = this.#lines.get(rule);
      if (line === undefined) this.#lines.set(rule, [waiting]);
      else line.push(waiting);
    }
    void this.#gather(waiting);
  }

  /** Resolves when there is a place, or when the room is closed. */
  async whenRoom(): Promise<void> {
    while (this.isFull && !this.#closed)
      await new Promise<void>((resolve) => this.#roomListeners.push(resolve));
  }

  /** Nothing is concluded any more; what waits is decided after the next start. */
  close(): void {
    this.#closed = true;
    for (const waiting of this.#waiting) waiting.stopClock();
    this.#wake();
  }

  /** Round after round until nothing is needed: an answer may lead to the next look-up. */
  async #gather(waiting: Waiting): Promise<void> {
    await Promise.resolve();
    const { event, answers } = waiting;
    while (!this.#closed) {
      const needs = this.#options.needs(event, answers);
      if (needs.length === 0) break;
      const told = await Promise.all(needs.map((lookup) => this.#answer(lookup, waiting)));
      needs.forEach((lookup, i) => answers.set(lookupKey(lookup), told[i] as Answer));
      waiting.rounds += 1;
    }
    if (this.#closed) return;
    waiting.ready = true;
    this.#concludeAll();
  }

  async #answer(lookup: Lookup, waiting: Waiting): Promise<Answer> {
    const { settings, resolver } = this.#options;
    const late = timedOut(
      `the event has waited ${settings.waitMs / 1000} s for answers, the limit of lookup_wait`,
    );
    if (waiting.isLate) return late;
    if (waiting.rounds >= settings.roundsMax) {
      const message = `the event was decided anew ${settings.roundsMax} times, the limit of lookup_rounds_max`;
      return { ok: false, reason: 'too-many', message };
    }
    return (await resolver.ask(lookup, waiting.event.atMs, waiting.expired)) ?? late;
  }

  #concludeAll(): void {
    for (let found = this.#nextReady(); found !== undefined; found = this.#nextReady()) {
      const waiting = found;
      waiting.ready = false;
      const done = this.#options.conclude(waiting.event, waiting.answers, () => this.#leave(waiting));
      if (!done) void this.#gather(waiting);
    }
    this.#wake();
  }

  #nextReady(): Waiting | undefined {
    for (const waiting of this.#waiting)
      if (waiting.ready && waiting.rules.every((rule) => this.#lines.get(rule)?.[0] === waiting))
        return waiting;
    return undefined;
  }

  #leave(waiting: Waiting): void {
    waiting.stopClock();
    this.#waiting.delete(waiting);
    for (const rule of waiting.rules) {
      // It was at the head of each of its lines.
      const line = this.#lines.get(rule);
      line?.shift();
      if (line?.length === 0) this.#lines.delete(rule);
    }
  }

  #wake(): void {
    if (this.isFull && !this.#closed) return;
    for (const wake of this.#roomListeners.splice(0)) wake();
  }
}
