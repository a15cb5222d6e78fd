import { BrineError, get, mapOf, textAt, type Value, type ValueMap } from '../../core/index.ts';
import type { Call, Operation } from './operation.ts';
import {
  cursorOf,
  cursorParameter,
  cursorText,
  eventParameter,
  limitOf,
  limitParameter,
  one,
  oneOf,
  ruleParameter,
  scopesOf,
  tagParameter,
} from './parameters.ts';
import { page, ref } from './schemas.ts';

const verdicts = ['fired', 'condition-false', 'guarded', 'problem', 'overloaded', 'undecodable'] as const;
const states = ['open', 'done', 'dead'] as const;

const filters = {
  event: eventParameter,
  rule: ruleParameter,
  tag: tagParameter,
  limit: limitParameter,
  cursor: cursorParameter,
} as const;

export const listDecisions: Operation = {
  method: 'GET',
  path: '/v1/decisions',
  name: 'listDecisions',
  about: 'What the rules decided, the newest first, for events of the tags that the caller may read.',
  query: { ...filters, verdict: { about: 'Only this verdict.', schema: { enum: [...verdicts] } } },
  answer: page('decisions', ref('Decision')),
  run: async (call) => {
    const { decisions, next } = await browse(call, oneOf(call, 'verdict', verdicts));
    return mapOf({ decisions, next });
  },
};

export const listReactions: Operation = {
  method: 'GET',
  path: '/v1/reactions',
  name: 'listReactions',
  about:
    'The reactions of decisions, the newest first. `open` is what has not ended, or was dropped. `limit` counts decisions.',
  query: { ...filters, state: { about: 'Only in this state.', schema: { enum: [...states] } } },
  answer: page('reactions', ref('Reaction')),
  run: async (call) => {
    const state = oneOf(call, 'state', states);
    const { decisions, next } = await browse(call, 'fired');
    const reactions = decisions.flatMap(reactionsOf);
    return mapOf({
      reactions: reactions.filter((reaction) => state === undefined || reaction.get('state') === state),
      next,
    });
  },
};

export const showReaction: Operation = {
  method: 'GET',
  path: '/v1/reactions/{id}',
  name: 'showReaction',
  about: 'One reaction, with how its attempts ended.',
  answer: ref('Reaction'),
  run: async (call) => {
    const event = call.id.slice(0, Math.max(0, call.id.lastIndexOf('.')));
    const ask = mapOf({ ...scopeMembers(call), event, limit: 1000 });
    const answer = event === '' ? null : await call.parts.reactor.ask('browse.decisions', ask);
    const found = visible(call, get(answer ?? undefined, 'items'))
      .flatMap(reactionsOf)
      .find((reaction) => reaction.get('id') === call.id);
    if (found !== undefined) return found;
    throw new BrineError('NO_SUCH_RECORD', 'There is no such reaction.');
  },
};

async function browse(
  call: Call,
  verdict: string | undefined,
): Promise<{ decisions: ValueMap[]; next: Value }> {
  const ask = mapOf({
    ...scopeMembers(call),
    event: one(call, 'event'),
    rule: one(call, 'rule'),
    verdict,
    limit: limitOf(call),
    after: cursorOf(call),
  });
  const answer = await call.parts.reactor.ask('browse.decisions', ask);
  return { decisions: visible(call, get(answer, 'items')), next: cursorText(get(answer, 'after')) };
}

function scopeMembers(call: Call): Record<string, Value> {
  return Object.fromEntries(scopesOf(call) as Map<string, Value>);
}

/** The reactor filters already; what is shown does not hang on that alone. */
function visible({ caller }: Call, items: Value | undefined): ValueMap[] {
  const maps = (Array.isArray(items) ? items : []).filter((item) => item instanceof Map);
  return maps.filter((item) => caller.read.allows(textAt(item, 'tag')));
}

function reactionsOf(decision: ValueMap): ValueMap[] {
  const reactions = decision.get('reactions');
  return (Array.isArray(reactions) ? reactions : []).map((reaction) => {
    const [id, outcome, attempts, dead] = ['id', 'outcome', 'attempts', 'dead'].map((key) =>
      get(reaction, key),
    );
    return mapOf({
      id,
      event: decision.get('event'),
      tag: decision.get('tag'),
      rule: decision.get('rule'),
      state: dead !== undefined ? 'dead' : outcome === undefined ? 'open' : 'done',
      attempts,
      outcome,
      dead,
    });
  });
}
