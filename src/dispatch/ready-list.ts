import { type Clock, FairQueue, mayTakeShare, type OutboxEntry } from '../core/index.ts';
import type { Places } from './places.ts';
import { SlowRules } from './slow-rules.ts';

export interface ReadyListOptions {
  readonly clock: Clock;
  readonly places: Places;
  readonly backlogMax: number;
  /** Reactions that all rules together may have waiting for reasons of their own. */
  readonly heldMax: number;
  readonly onLate: (rules: readonly string[]) => void;
}

/**
 * Reactions that may be sent, in a lane for each rule. Lanes are served in turn. A lane is paused while its rule
 * has no free place, or while the one batch is under way that a slow rule may have.
 */
export class ReadyList {
  readonly slow: SlowRules;
  readonly heldMax: number;
  /** True while it is not known what rules with a limit have under way. */
  holdLimited = false;
  readonly #options: ReadyListOptions;
  readonly #queue = new FairQueue<OutboxEntry>();
  /** Rules whose one batch is under way. */
  readonly #alone = new Map<string, readonly OutboxEntry[]>();
  /** Rule → reactions that were admitted and have not arrived. */
  readonly #expected = new Map<string, number>();
  /** Rule → reactions that wait for their next attempt. */
  readonly #postponed = new Map<string, number>();
  #postponedAll = 0;

  constructor(options: ReadyListOptions) {
    this.#options = options;
    this.heldMax = options.heldMax;
    this.slow = new SlowRules(options.clock, options.onLate);
  }

  get size(): number {
    return this.#queue.size;
  }

  get pausedSize(): number {
    return this.#queue.pausedSize;
  }

  sizeOf(rule: string): number {
    return this.#queue.sizeOf(rule);
  }

  postponedOf(rule: string): number {
    return this.#postponed.get(rule) ?? 0;
  }

  push(entry: OutboxEntry): void {
    this.#queue.push(entry.reaction.cause.rule, entry);
  }

  /** Back to their lanes, in the order of arrival: job ids grow, in whatever order several batches failed. */
  putBack(batch: readonly OutboxEntry[]): void {
    const lanes = new Map<string, OutboxEntry[]>();
    for (const entry of batch) {
      const { rule } = entry.reaction.cause;
      const lane = lanes.get(rule) ?? this.#queue.takeOf(rule, Number.POSITIVE_INFINITY);
      lane.push(entry);
      lanes.set(rule, lane);
    }
    for (const [rule, lane] of lanes) {
      for (const entry of lane.sort(byJid)) this.#queue.push(rule, entry);
    }
  }

  /** What may be sent now: a batch of one slow rule, or one of all others. In the order of arrival. */
  take(max: number): OutboxEntry[] {
    for (const rule of this.slow.hasRoom ? this.slow.rules : []) {
      if (this.#queue.sizeOf(rule) === 0 || this.#queue.isPaused(rule) || !this.#isOpen(rule)) continue;
      const batch = this.#queue.takeOf(rule, Math.min(max, this.#options.places.free(rule)));
      if (batch.length === 0) continue;
      this.#alone.set(rule, batch);
      this.#queue.pause(rule);
      return batch;
    }
    const granted = new Map<string, number>();
    const blocked = new Set<string>();
    const batch = this.#queue.take(max, (rule, wanted) => {
      if (this.slow.has(rule)) return 0;
      const all = this.#isOpen(rule) ? this.#options.places.free(rule) : 0;
      if (all === Number.POSITIVE_INFINITY) return wanted;
      const before = granted.get(rule) ?? 0;
      const count = Math.min(wanted, all - before);
      granted.set(rule, before + count);
      if (count < wanted) blocked.add(rule);
      return count;
    });
    for (const rule of blocked) this.#queue.pause(rule);
    return batch.sort(byJid);
  }

  /** Lanes whose reason to be paused is gone go on. */
  reopen(): void {
    if (this.#queue.lanes === 0) return;
    for (const rule of this.#queue.pausedKeys())
      if (!this.#alone.has(rule) && this.#isOpen(rule) && this.#options.places.free(rule) > 0)
        this.#queue.resume(rule);
  }

  /** Whether this batch is the one of a slow rule. */
  isAlone(batch: readonly OutboxEntry[]): boolean {
    return this.#alone.get(ruleOf(batch)) === batch;
  }

  /** The batch has outcomes, or could not be sent. */
  landed(batch: readonly OutboxEntry[]): void {
    if (!this.isAlone(batch)) return;
    this.#alone.delete(ruleOf(batch));
    this.#queue.resume(ruleOf(batch));
  }

  /** Why the rule may not have so many more, or null when it may; then they are expected. */
  refusal(rule: string, count: number): string | null {
    const { places, backlogMax } = this.#options;
    if (this.#isQuiet(rule)) return null;
    const paused = this.#queue.isPaused(rule) ? this.#queue.sizeOf(rule) : 0;
    const stuck = paused + this.postponedOf(rule);
    if (stuck === 0 && !places.isLimited(rule)) return null;
    const expected = this.#expected.get(rule) ?? 0;
    const waiting = stuck + expected;
    const free = this.heldMax - this.#queue.pausedSize - this.#postponedAll;
    if (waiting > 0 && (waiting + count > backlogMax || !mayTakeShare(waiting, free)))
      return `${waiting} reactions of this rule wait already; more than that it may not have waiting`;
    this.#expected.set(rule, expected + count);
    return null;
  }

  arrived({ reaction }: OutboxEntry): void {
    if (this.#expected.size > 0) lower(this.#expected, reaction.cause.rule);
  }

  waits(rule: string): void {
    this.#postponed.set(rule, this.postponedOf(rule) + 1);
    this.#postponedAll += 1;
  }

  waited(rule: string): void {
    lower(this.#postponed, rule);
    this.#postponedAll -= 1;
  }

  /** Nothing waits for reasons of its own, and this rule has no limit: so it is nearly always. */
  #isQuiet(rule: string): boolean {
    return this.#queue.pausedSize === 0 && this.#postponedAll === 0 && !this.#options.places.isLimited(rule);
  }

  #isOpen(rule: string): boolean {
    return !this.holdLimited || !this.#options.places.isLimited(rule);
  }
}

function ruleOf(batch: readonly OutboxEntry[]): string {
  return batch[0]?.reaction.cause.rule ?? '';
}

function lower(counts: Map<string, number>, key: string): void {
  const count = counts.get(key);
  if (count === undefined) return;
  if (count > 1) counts.set(key, count - 1);
  else counts.delete(key);
}

function byJid(a: OutboxEntry, b: OutboxEntry): number {
  return a.reaction.jid < b.reaction.jid ? -1 : 1;
}
