import { type Clock, messageOf, steadyTime, type Telemetry, type Value } from '../core/index.ts';
import type { Store, StoreChange } from '../journal/index.ts';
import type { JobCache } from './jobs/job-cache.ts';
import type { Ledger } from './ledger.ts';

export interface RetentionOptions {
  readonly store: Store;
  readonly ledger: Ledger;
  readonly cache: JobCache;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly keepMs: number;
}

const pauseMs = 60_000;
const stepChanges = 2000;

/** Deletes jobs, returns and remembered runs that are too old, in small steps. The result stops it. */
export function keepForSomeTime(options: RetentionOptions): () => void {
  let cancel: () => void = () => undefined;
  let stopped = false;
  const nowMs = steadyTime(options.clock);
  const later = (delayMs: number): void => {
    if (!stopped) cancel = options.clock.after(delayMs, turn);
  };
  const turn = (): void => {
    const changes = expired(options, nowMs() - options.keepMs);
    if (changes.length === 0) return later(pauseMs);
    options.ledger.record(changes, []).then(
      () => later(changes.length >= stepChanges ? 0 : pauseMs),
      (error: unknown) => {
        options.telemetry.emit({ kind: 'unexpected', where: 'master retention', message: messageOf(error) });
        later(pauseMs);
      },
    );
  };
  later(0);
  return () => {
    stopped = true;
    cancel();
  };
}

function expired({ store, cache }: RetentionOptions, oldestMs: number): StoreChange[] {
  const changes = cache.expired(oldestMs, stepChanges);
  for (const [key, value] of store.range('runs')) {
    if (changes.length >= stepChanges || atMsOf(value) >= oldestMs) break;
    changes.push({ table: 'runs', key, value: undefined });
  }
  return changes;
}

function atMsOf(value: Value): number {
  return value instanceof Map ? Number(value.get('at_ms') ?? 0) : 0;
}
