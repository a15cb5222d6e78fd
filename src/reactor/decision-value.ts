import {
  type Decision,
  mapOf,
  outcomeToValue,
  problemToValue,
  type ReactorStore,
  shownLookup,
  type Value,
  type ValueMap,
} from '../core/index.ts';

/** A decision with what became of its reactions. */
export function decisionToValue(decision: Decision, store: ReactorStore): ValueMap {
  const { event, seq, tag, rule, verdict, reason, problems, reactions, ruleSet, atMs, lookups } = decision;
  const ended = reactions.map((id): Value => {
    const settlement = store.settlement(id);
    const dead = store.deadLetter(id);
    return mapOf({
      id,
      outcome: settlement === undefined ? undefined : outcomeToValue(settlement.outcome),
      attempts: settlement?.attempts ?? dead?.attempts,
      dead: dead === undefined ? undefined : dead.message,
    });
  });
  return mapOf({
    event,
    seq,
    tag,
    rule,
    verdict,
    reason,
    problems: problems.map(problemToValue),
    lookups: lookups?.map(shownLookup),
    reactions: ended,
    rule_set: ruleSet,
    at: new Date(atMs).toISOString(),
  });
}
