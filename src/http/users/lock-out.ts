import type { Clock } from '../../core/index.ts';
import { isLoopback } from '../server/loopback.ts';

/** Failures that are free, per address and user, per address, and per user from anywhere. */
const limits = { pair: 5, address: 20, user: 50 } as const;
/** The first pause; each further failure doubles it. */
const firstPauseMs = 2000;
const longestPauseMs = 15 * 60_000;
/** After so long without a failure all is forgotten. */
const forgetMs = 60 * 60_000;
/** Names and addresses that are remembered; the oldest go first. */
const rememberedMax = 20_000;

interface Failures {
  count: number;
  lastMs: number;
  lockedUntilMs: number;
}

/** Makes guessing slow: after some failures an address, a user, or both together must wait, longer each time. */
export class LockOut {
  readonly #clock: Clock;
  readonly #failures = new Map<string, Failures>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds until this login may be tried; 0 when it may now. */
  waitMs(address: string, user: string): number {
    const nowMs = this.#clock.monotonicMs();
    const waits = keysOf(address, user).map(([key]) => (this.#failures.get(key)?.lockedUntilMs ?? 0) - nowMs);
    return Math.max(0, ...waits);
  }

  failed(address: string, user: string): void {
    const nowMs = this.#clock.monotonicMs();
    for (const [key, limit] of keysOf(address, user)) {
      const known = this.#failures.get(key);
      const fresh = known === undefined || nowMs - known.lastMs > forgetMs;
      const count = fresh ? 1 : known.count + 1;
      const over = count - limit;
      const pauseMs = over < 0 ? 0 : Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(over, 20));
      this.#failures.delete(key);
      this.#failures.set(key, { count, lastMs: nowMs, lockedUntilMs: nowMs + pauseMs });
    }
    this.#forgetOldest();
  }

  /** A login from here worked: its own failures are forgotten, those of the whole address are not. */
  worked(address: string, user: string): void {
    const [pair] = keysOf(address, user);
    if (pair !== undefined) this.#failures.delete(pair[0]);
  }

  #forgetOldest(): void {
    for (const key of this.#failures.keys()) {
      if (this.#failures.size <= rememberedMax) return;
      this.#failures.delete(key);
    }
  }
}

function keysOf(address: string, user: string): [key: string, limit: number][] {
  const name = user.slice(0, 100);
  const keys: [key: string, limit: number][] = [
    [`pair ${address} ${name}`, limits.pair],
    [`user ${name}`, limits.user],
  ];
  // Everybody behind a proxy of this host has its address.
  if (!isLoopback(address)) keys.push([`address ${address}`, limits.address]);
  return keys;
}
