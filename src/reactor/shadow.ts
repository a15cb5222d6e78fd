import {
  type ControlPlane,
  mapOf,
  type OutboxEntry,
  type Outcome,
  type Reaction,
  type ReactorCommit,
  type ReactorStore,
  reactionToValue,
  type Settlement,
} from '../core/index.ts';

/**
 * A reactor in the shadow decides and records and does not act: what would go into the outbox is settled in the
 * same commit, with an outcome that says so and holds the action. What an outbox holds from before stays there.
 */
export function shadowStore(store: ReactorStore, nowMs: () => number): ReactorStore {
  const inShadow = ({ outbox = [], settled = [], ...change }: ReactorCommit): ReactorCommit => ({
    ...change,
    settled: [...settled, ...outbox.map((entry) => settle(entry, nowMs()))],
  });
  return {
    cursor: (source) => store.cursor(source),
    commit: (change) => store.commit(inShadow(change)),
    commitWhen: (make) => store.commitWhen(() => inShadow(make())),
    outbox: () => [],
    outboxSize: () => store.outboxSize(),
    deadLettersSize: () => store.deadLettersSize(),
    deadLetters: () => store.deadLetters(),
    deadLetter: (reaction) => store.deadLetter(reaction),
    decisionsOf: (event) => store.decisionsOf(event),
    decisions: (limit, after) => store.decisions(limit, after),
    settlement: (reaction) => store.settlement(reaction),
    state: (key) => store.state(key),
  };
}

/** Takes reactions and does nothing. */
export const shadowPlane: ControlPlane = {
  submit: (reactions) => Promise.resolve(reactions.map(outcomeOf)),
};

function settle({ reaction }: OutboxEntry, atMs: number): Settlement {
  return { reaction: reaction.id, outcome: outcomeOf(reaction), attempts: 0, atMs };
}

function outcomeOf(reaction: Reaction): Outcome {
  const action = reactionToValue(reaction).get('action') ?? null;
  return { ok: true, repeated: false, jid: '', detail: mapOf({ shadow: true, action }) };
}
