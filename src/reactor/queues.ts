import { type Clock, type Queue, type ReactorStore } from '../core/index.ts';
import type { Dispatcher } from '../dispatch/index.ts';
import type { Progress } from './progress.ts';

export interface QueueSources {
  readonly clock: Clock;
  readonly store: ReactorStore;
  readonly dispatcher: Dispatcher;
  readonly progress: Progress;
  /** Events that wait for what their templates ask. */
  readonly askers: number;
  readonly askersMax?: number;
  readonly ruleBacklogMax: number;
}

/** Rules that are shown with what they have waiting. */
const rulesShown = 10;

/** Everything in the reactor in which something may wait. */
export function reactorQueues(sources: QueueSources): Queue[] {
  const { clock, store, dispatcher, progress, askers, askersMax, ruleBacklogMax } = sources;
  const status = dispatcher.status();
  const { lag, behindS } = progress.behind();
  const age = (jid: string | null): number | undefined =>
    jid === null ? undefined : ageOf(jid, clock.nowMs());
  const oldestS = age(status.oldestJid);
  const rules = dispatcher.rules(rulesShown).map(
    ({ rule, ready, postponed, oldestJid }): Queue => ({
      name: 'rule',
      of: rule,
      depth: ready + postponed,
      limit: ruleBacklogMax,
      oldestS: age(oldestJid),
    }),
  );
  return [
    { name: 'events to read', depth: lag, oldestS: behindS },
    { name: 'events that wait for answers', depth: askers, limit: askersMax },
    {
      name: 'outbox',
      depth: store.outboxSize(),
      limit: status.heldMax,
      oldestS,
      refused: { overloaded: status.refused },
    },
    { name: 'reactions ready', depth: status.ready },
    { name: 'reactions to be tried again', depth: status.waiting },
    { name: 'reactions in flight', depth: status.inFlight, limit: status.inFlightMax },
    { name: 'dead letters', depth: store.deadLettersSize() },
    ...rules,
  ];
}

/** Seconds since a job id was made. */
export function ageOf(jid: string, nowMs: number): number {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/.exec(jid)?.map(Number) ?? [];
  const madeMs = Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second);
  return Math.max(0, Math.round((nowMs - madeMs) / 1000));
}
