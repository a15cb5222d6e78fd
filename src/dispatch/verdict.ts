import {
  type DeadLetter,
  describeAction,
  type Ids,
  jidMs,
  type OutboxEntry,
  type Outcome,
  type Reaction,
  type Settlement,
  spanIdFor,
  spanUnder,
  type TraceEvent,
  traceIdOf,
  under,
} from '../core/index.ts';
import { backoffMs } from './backoff.ts';

export interface RetryPolicy {
  readonly attemptsMax: number;
  readonly retryBaseMs: number;
  readonly retryMaxMs: number;
}

/** What the outcomes of one batch change in the store, and what is told of it once that is durable. */
export interface Results {
  readonly settled: Settlement[];
  readonly postponed: OutboxEntry[];
  readonly dead: DeadLetter[];
  readonly traces: TraceEvent[];
}

const noOutcome: Outcome = {
  ok: false,
  retryable: true,
  reason: 'failed',
  message: 'The control plane gave no outcome.',
};

/** Sorts a batch by its outcomes: settled, to be tried again, or dead. */
export function judge(
  entries: readonly OutboxEntry[],
  outcomes: readonly Outcome[],
  policy: RetryPolicy,
  now: { readonly nowMs: number; readonly ids: Ids },
): Results {
  const results: Results = { settled: [], postponed: [], dead: [], traces: [] };
  entries.forEach((entry, index) => {
    const outcome = outcomes[index] ?? noOutcome;
    const attempts = entry.attempts + 1;
    if (outcome.ok) settle(results, entry, outcome, attempts, now.nowMs);
    else if (outcome.retryable && attempts < policy.attemptsMax) {
      const limits = { baseMs: policy.retryBaseMs, maxMs: policy.retryMaxMs };
      const delayMs = backoffMs(attempts, limits, now.ids.fraction());
      results.postponed.push({ ...entry, attempts, notBeforeMs: now.nowMs + delayMs });
      results.traces.push(retryTrace(entry, outcome, attempts, delayMs));
    } else bury(results, entry, outcome, attempts, now.nowMs);
  });
  return results;
}

type Success = Extract<Outcome, { ok: true }>;
type Failure = Extract<Outcome, { ok: false }>;

function settle(
  results: Results,
  entry: OutboxEntry,
  outcome: Success,
  attempts: number,
  atMs: number,
): void {
  const { id, jid, cause, action } = entry.reaction;
  span(results, entry.reaction, attempts, atMs);
  results.settled.push({ reaction: id, outcome, attempts, atMs });
  results.traces.push({
    kind: 'reaction.settled',
    reaction: id,
    jid: outcome.jid === '' ? jid : outcome.jid,
    rule: cause.rule,
    event: cause.event,
    action: describeAction(action),
    repeated: outcome.repeated,
    attempts,
    afterMs: Math.max(0, atMs - (jidMs(jid) ?? atMs)),
    ...traceIdIn(entry.reaction),
  });
}

function bury(results: Results, entry: OutboxEntry, outcome: Failure, attempts: number, nowMs: number): void {
  const { reason, message } = outcome;
  const { reaction, ruleSet } = entry;
  span(results, reaction, attempts, nowMs, message);
  results.dead.push({ reaction, ruleSet, attempts, reason, message, diedAtMs: nowMs });
  results.traces.push({
    kind: 'reaction.dead',
    reaction: reaction.id,
    rule: reaction.cause.rule,
    event: reaction.cause.event,
    action: describeAction(reaction.action),
    reason,
    message,
    attempts,
    ...traceIdIn(reaction),
  });
}

/** From the decision, when the jid was made, until nothing more is tried. */
function span(results: Results, reaction: Reaction, attempts: number, endMs: number, failed?: string): void {
  const { id, jid, cause, action, trace } = reaction;
  if (trace === undefined) return;
  const told = spanUnder(under(trace, spanIdFor('decision', cause.event, cause.rule)), {
    id: spanIdFor('reaction', id),
    name: `react ${describeAction(action)}`,
    type: 'producer',
    startMs: Math.min(jidMs(jid) ?? endMs, endMs),
    endMs,
    ...(failed === undefined ? {} : { failed }),
    fields: { 'brine.reaction': id, 'brine.rule': cause.rule, 'salt.jid': jid, 'brine.attempts': attempts },
  });
  if (told !== null) results.traces.push(told);
}

function traceIdIn({ trace }: Reaction): { readonly traceId?: string } {
  return trace === undefined ? {} : { traceId: traceIdOf(trace) };
}

export function retryTrace(
  entry: OutboxEntry,
  outcome: { readonly reason: string; readonly message: string },
  attempt: number,
  delayMs: number,
): TraceEvent {
  const { id, cause } = entry.reaction;
  const { reason, message } = outcome;
  const told = { reaction: id, rule: cause.rule, reason, message, attempt, delayMs };
  return { kind: 'reaction.retry', ...told, ...traceIdIn(entry.reaction) };
}
