import type { OutboxEntry } from '../core/index.ts';
import type { Places } from './places.ts';
import type { ReadyList } from './ready-list.ts';

export interface DispatcherStatus {
  /** Reactions that wait for their turn, for their next attempt, or for an outcome. */
  readonly ready: number;
  readonly waiting: number;
  readonly inFlight: number;
  /** All of these together, and how many it takes before reading waits. */
  readonly held: number;
  readonly heldMax: number;
  readonly inFlightMax: number;
  readonly settled: number;
  readonly retried: number;
  readonly dead: number;
  /** Reactions that were not taken because too many of their rule waited. */
  readonly refused: number;
  /** Rules whose submissions get no answer in time. */
  readonly slowRules: readonly string[];
  /** Why the control plane cannot be reached, or null when it can. */
  readonly outage: string | null;
  /** The job id of the oldest reaction without an outcome. */
  readonly oldestJid: string | null;
}

/** What a rule has waiting or under way. */
export interface RuleQueue {
  readonly rule: string;
  readonly ready: number;
  readonly postponed: number;
  readonly inFlight: number;
  /** Places of a rule with a limit that are taken, by reactions in flight and by jobs that have not ended. */
  readonly places: number;
  readonly limit: number | null;
  readonly slow: boolean;
  readonly oldestJid: string | null;
}

export function oldestJidOf(entries: Iterable<OutboxEntry>): string | null {
  let oldest: string | null = null;
  for (const { reaction } of entries) if (oldest === null || reaction.jid < oldest) oldest = reaction.jid;
  return oldest;
}

/** The rules with most on their hands first. */
export function ruleQueues(
  held: Iterable<OutboxEntry>,
  ready: ReadyList,
  places: Places,
  limitOf: ((rule: string) => number | null) | undefined,
  limit: number,
): RuleQueue[] {
  const totals = new Map<string, { held: number; oldestJid: string | null }>();
  for (const { reaction } of held) {
    const { jid, cause } = reaction;
    const total = totals.get(cause.rule);
    if (total === undefined) totals.set(cause.rule, { held: 1, oldestJid: jid });
    else {
      total.held += 1;
      if (total.oldestJid === null || jid < total.oldestJid) total.oldestJid = jid;
    }
  }
  for (const rule of places.rules) if (!totals.has(rule)) totals.set(rule, { held: 0, oldestJid: null });
  return [...totals]
    .sort(([a, { held: x }], [b, { held: y }]) => y - x || places.taken(b) - places.taken(a))
    .slice(0, limit)
    .map(([rule, { held: all, oldestJid }]) => {
      const readyCount = ready.sizeOf(rule);
      const postponed = ready.postponedOf(rule);
      return {
        rule,
        ready: readyCount,
        postponed,
        inFlight: Math.max(0, all - readyCount - postponed),
        places: places.taken(rule),
        limit: limitOf?.(rule) ?? null,
        slow: ready.slow.has(rule),
        oldestJid,
      };
    });
}
