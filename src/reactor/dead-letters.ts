import {
  BrineError,
  type DeadLetter,
  describeAction,
  mapOf,
  type ReactorStore,
  reactionToValue,
  type Value,
  type ValueMap,
} from '../core/index.ts';
import type { Dispatcher } from '../dispatch/index.ts';

/** What operators do with dead letters. */
export class DeadLetters {
  readonly #store: ReactorStore;
  readonly #dispatcher: Dispatcher;

  constructor(store: ReactorStore, dispatcher: Dispatcher) {
    this.#store = store;
    this.#dispatcher = dispatcher;
  }

  list(limit: number): Value {
    const found: Value[] = [];
    for (const letter of this.#store.deadLetters()) {
      if (found.length >= limit) break;
      found.push(letterToValue(letter));
    }
    return found;
  }

  /** Throws NO_SUCH_RECORD. */
  show(id: string): Value {
    const letter = this.#letter(id);
    const decisions = this.#store.decisionsOf(letter.reaction.cause.event);
    const decision = decisions.find(({ rule }) => rule === letter.reaction.cause.rule);
    return new Map<Value, Value>([
      ...letterToValue(letter),
      ['tag', decision?.tag ?? null],
      ['why', decision?.reason ?? null],
      ['reaction', reactionToValue(letter.reaction)],
    ]);
  }

  /**
   * Sends the stored reactions again, with their ids, so that a master that did one of them does not do it
   * twice. The rules are not asked again: what an older rule set decided is what is sent.
   */
  async retry(ids: readonly string[]): Promise<Value> {
    const entries = ids.map((id) => {
      const { reaction, ruleSet } = this.#letter(id);
      return { reaction, ruleSet, attempts: 0, notBeforeMs: 0 };
    });
    await this.#store.commit({ revived: entries });
    this.#dispatcher.offer(entries);
    return mapOf({
      retried: [...ids],
      note: 'each is sent as it was decided, with the same reaction id and job id',
    });
  }

  async drop(ids: readonly string[]): Promise<Value> {
    for (const id of ids) this.#letter(id);
    await this.#store.commit({ dropped: ids });
    return mapOf({ dropped: [...ids] });
  }

  ids(): string[] {
    return Array.from(this.#store.deadLetters(), ({ reaction }) => reaction.id);
  }

  #letter(id: string): DeadLetter {
    const letter = this.#store.deadLetter(id);
    if (letter === undefined)
      throw new BrineError('NO_SUCH_RECORD', `There is no dead letter ${id}.`, { fields: { id } });
    return letter;
  }
}

/** A dead letter without its action's arguments. */
export function letterToValue(letter: DeadLetter): ValueMap {
  const { reaction, ruleSet, attempts, reason, message, diedAtMs } = letter;
  return mapOf({
    id: reaction.id,
    jid: reaction.jid,
    event: reaction.cause.event,
    rule: reaction.cause.rule,
    rule_set: ruleSet,
    action: describeAction(reaction.action),
    attempts,
    reason,
    message,
    died_at: new Date(diedAtMs).toISOString(),
  });
}
