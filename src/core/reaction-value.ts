import type { Action, Outcome, OutcomeReason, Reaction } from './action.ts';
import type { Problem } from './problem.ts';
import { traceFromValue, traceToValue, withTrace } from './trace-context.ts';
import { mapOf, textAt, type Value, type ValueMap } from './value.ts';

/**
 * Reactions and outcomes as plain values, for the wire and the journal. There is one of each for every
 * reaction, so the usual ones are filled member by member.
 */
export function reactionToValue(reaction: Reaction): ValueMap {
  const map = new Map<Value, Value>()
    .set('id', reaction.id)
    .set('jid', reaction.jid)
    .set('event', reaction.cause.event)
    .set('rule', reaction.cause.rule)
    .set('depth', reaction.depth)
    .set('action', actionToValue(reaction.action));
  return reaction.trace === undefined ? map : map.set('trace', traceToValue(reaction.trace));
}

export function reactionFromValue(raw: Value): Reaction {
  const map = asMap(raw);
  return {
    id: textAt(map, 'id'),
    jid: textAt(map, 'jid'),
    cause: { event: textAt(map, 'event'), rule: textAt(map, 'rule') },
    depth: Number(map.get('depth')),
    action: actionFromValue(asMap(map.get('action'))),
    ...withTrace(traceFromValue(map.get('trace'))),
  };
}

function actionToValue(action: Action): ValueMap {
  switch (action.kind) {
    case 'local':
      return new Map<Value, Value>()
        .set('kind', action.kind)
        .set('fun', action.fun)
        .set('tgt', action.tgt)
        .set('tgt_type', action.tgtType)
        .set('arg', [...action.arg])
        .set('kwarg', action.kwarg)
        .set('ret', action.ret)
        .set('timeout', action.timeoutS)
        .set('metadata', action.metadata);
    case 'event':
      return mapOf({ kind: action.kind, tag: action.tag, data: action.data });
    case 'runner':
    case 'wheel':
    case 'caller':
      return mapOf({
        kind: action.kind,
        fun: action.fun,
        arg: [...action.arg],
        kwarg: action.kwarg,
        legacy: action.legacy,
      });
  }
}

function actionFromValue(map: ValueMap): Action {
  const kind = textAt(map, 'kind');
  if (kind === 'event') return { kind, tag: textAt(map, 'tag'), data: asMap(map.get('data')) };
  const fun = textAt(map, 'fun');
  const arg = asList(map.get('arg'));
  const kwarg = asMap(map.get('kwarg'));
  if (kind === 'local') {
    const timeout = map.get('timeout');
    return {
      kind,
      fun,
      arg,
      kwarg,
      tgt: map.get('tgt') ?? null,
      tgtType: textAt(map, 'tgt_type'),
      ret: textAt(map, 'ret'),
      timeoutS: typeof timeout === 'number' ? timeout : null,
      metadata: map.get('metadata') ?? null,
    };
  }
  const legacy = map.get('legacy');
  if (kind !== 'runner' && kind !== 'wheel' && kind !== 'caller')
    throw new TypeError(`unknown action kind ${kind}`);
  return { kind, fun, arg, kwarg, legacy: legacy instanceof Map ? legacy : null };
}

export function outcomeToValue(outcome: Outcome): ValueMap {
  if (outcome.ok) {
    return new Map<Value, Value>()
      .set('ok', true)
      .set('repeated', outcome.repeated)
      .set('jid', outcome.jid)
      .set('detail', outcome.detail);
  }
  const { retryable, reason, message } = outcome;
  return mapOf({ ok: false, retryable, reason, message });
}

export function outcomeFromValue(raw: Value): Outcome {
  const map = asMap(raw);
  if (map.get('ok') === true) {
    const detail = map.get('detail') ?? null;
    return { ok: true, repeated: map.get('repeated') === true, jid: textAt(map, 'jid'), detail };
  }
  return {
    ok: false,
    retryable: map.get('retryable') === true,
    reason: textAt(map, 'reason') as OutcomeReason,
    message: textAt(map, 'message'),
  };
}

function asMap(value: Value | undefined): ValueMap {
  return value instanceof Map ? value : new Map();
}

function asList(value: Value | undefined): Value[] {
  return Array.isArray(value) ? value : [];
}

export function problemToValue(problem: Problem): ValueMap {
  return mapOf({ ...problem });
}
