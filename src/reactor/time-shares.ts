import type { Clock, Telemetry } from '../core/index.ts';

export interface TimeSharesOptions {
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/** Deciding an event faster than this costs nobody anything worth counting, in milliseconds. */
export const slowMs = 5;
/** The part of the reactor's time that the slow decisions of one rule may take. */
const share = 0.1;
/** What a rule may take at once, in milliseconds, and gets back over time. */
const burstMs = 1000;

interface Account {
  creditMs: number;
  atMs: number;
  aside: boolean;
  lastTookMs: number;
}

/**
 * The reactor decides one event after the other, so a rule whose template takes long keeps all others waiting. A
 * rule that takes more than its share of the time is set aside: its events are *overloaded* until it has had
 * half of its credit back.
 */
export class TimeShares {
  readonly #options: TimeSharesOptions;
  readonly #accounts = new Map<string, Account>();

  constructor(options: TimeSharesOptions) {
    this.#options = options;
  }

  /** Why rules are set aside now, by rule; null when none is, as nearly always. */
  aside(): ReadonlyMap<string, string> | null {
    if (this.#accounts.size === 0) return null;
    const nowMs = this.#options.clock.monotonicMs();
    const found = new Map<string, string>();
    for (const [rule, account] of this.#accounts) {
      refill(account, nowMs);
      if (account.creditMs >= burstMs / 2) account.aside = false;
      if (account.aside) found.set(rule, reasonOf(account));
      else if (account.creditMs >= burstMs) this.#accounts.delete(rule);
    }
    return found.size === 0 ? null : found;
  }

  /** Whether the rule, or any, was slow lately. */
  watched(rule?: string): boolean {
    return rule === undefined ? this.#accounts.size > 0 : this.#accounts.has(rule);
  }

  /** A decision of the rule took so long. */
  spent(rule: string, tookMs: number): void {
    if (tookMs < slowMs) return;
    const nowMs = this.#options.clock.monotonicMs();
    let account = this.#accounts.get(rule);
    if (account === undefined) {
      account = { creditMs: burstMs, atMs: nowMs, aside: false, lastTookMs: tookMs };
      this.#accounts.set(rule, account);
    }
    refill(account, nowMs);
    account.creditMs -= tookMs;
    account.lastTookMs = tookMs;
    if (account.creditMs > 0 || account.aside) return;
    account.aside = true;
    this.#options.telemetry.emit({ kind: 'rule.aside', rule, reason: reasonOf(account) });
  }
}

function refill(account: Account, nowMs: number): void {
  account.creditMs = Math.min(burstMs, account.creditMs + (nowMs - account.atMs) * share);
  account.atMs = nowMs;
}

function reasonOf({ lastTookMs }: Account): string {
  return `deciding takes ${Math.round(lastTookMs)} ms of each event, and this rule has had its ${share * 100} % of the reactor's time`;
}
