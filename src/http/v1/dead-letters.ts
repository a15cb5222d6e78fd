import { BrineError, get, mapOf, type Value, type ValueMap } from '../../core/index.ts';
import type { Call, Operation } from './operation.ts';
import {
  cursorOf,
  cursorParameter,
  cursorText,
  limitOf,
  limitParameter,
  one,
  ruleParameter,
  scopesOf,
  tagParameter,
} from './parameters.ts';
import { page, ref } from './schemas.ts';

export const listDeadLetters: Operation = {
  method: 'GET',
  path: '/v1/dead-letters',
  name: 'listDeadLetters',
  about:
    'Reactions that ended without success, the oldest event first, for events of the tags that the caller may read.',
  query: { rule: ruleParameter, tag: tagParameter, limit: limitParameter, cursor: cursorParameter },
  answer: page('dead_letters', ref('DeadLetter')),
  run: async (call) => {
    const after = cursorOf(call);
    const ask = mapOf({
      ...Object.fromEntries(scopesOf(call) as Map<string, Value>),
      rule: one(call, 'rule'),
      limit: limitOf(call),
      after: typeof after === 'string' ? after : undefined,
    });
    const answer = await call.parts.reactor.ask('browse.dead', ask);
    const items = get(answer, 'items');
    const letters = (Array.isArray(items) ? items : []).filter((item) => mayRead(call, get(item, 'tag')));
    return mapOf({ dead_letters: letters, next: cursorText(get(answer, 'after')) });
  },
};

export const showDeadLetter: Operation = {
  method: 'GET',
  path: '/v1/dead-letters/{id}',
  name: 'showDeadLetter',
  about: 'One dead letter, with the reaction as it was decided.',
  answer: ref('DeadLetter'),
  run: (call) => letterOf(call),
};

export const retryDeadLetter: Operation = {
  method: 'POST',
  path: '/v1/dead-letters/{id}/retry',
  name: 'retryDeadLetter',
  about: 'Sends the reaction again as it was decided, with the same ids.',
  needs: 'retry',
  answer: ref('Retried'),
  run: async (call) => {
    await letterOf(call);
    return call.parts.reactor.ask('dlq.retry', mapOf({ id: call.id }));
  },
};

export const dropDeadLetter: Operation = {
  method: 'DELETE',
  path: '/v1/dead-letters/{id}',
  name: 'dropDeadLetter',
  about: 'Forgets a dead letter.',
  needs: 'drop',
  answer: ref('Dropped'),
  run: async (call) => {
    await letterOf(call);
    return call.parts.reactor.ask('dlq.drop', mapOf({ id: call.id }));
  },
};

/** A dead letter that the caller may see. Any other is as one that does not exist. */
async function letterOf(call: Call): Promise<ValueMap> {
  const letter = await call.parts.reactor.ask('dlq.show', mapOf({ id: call.id })).catch((error: unknown) => {
    if (error instanceof BrineError && error.code === 'NO_SUCH_RECORD') return null;
    throw error;
  });
  if (letter instanceof Map && mayRead(call, letter.get('tag'))) return letter;
  throw new BrineError('NO_SUCH_RECORD', 'There is no such dead letter.');
}

/** The tag of an event whose decision is kept no more is not known; it could be any. */
function mayRead({ caller }: Call, tag: Value | undefined): boolean {
  return typeof tag === 'string' ? caller.read.allows(tag) : caller.read.everything;
}
