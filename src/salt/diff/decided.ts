import {
  type Action,
  flatArguments,
  mapOf,
  reactionFromValue,
  textAt,
  type Value,
  type ValueMap,
} from '../../core/index.ts';
import type { SaltMaster } from '../master-config/master.ts';
import { argumentsOf } from '../plane/legacy.ts';
import { resolveTarget } from '../plane/nodegroups.ts';

/** An action that Brine decided in the shadow, in the form in which Salt's events show it. */
export interface DecidedCall {
  /** Of the event that led to it. */
  readonly seq: number;
  readonly event: string;
  readonly tag: string;
  readonly rule: string;
  /** `unseen`: Salt's bus never shows it, so nothing can be said about it. */
  readonly kind: 'local' | 'runner' | 'wheel' | 'unseen';
  readonly fun: string;
  readonly tgt: Value;
  readonly tgtType: string;
  readonly args: readonly Value[];
}

/** The actions in decisions as the reactor shows them (`decisions`), in the order of their events. */
export function decidedCalls(decisions: readonly Value[], salt: SaltMaster): DecidedCall[] {
  const calls = decisions.flatMap((decision) => (decision instanceof Map ? callsOf(decision, salt) : []));
  return calls.sort((a, b) => a.seq - b.seq);
}

function callsOf(decision: ValueMap, salt: SaltMaster): DecidedCall[] {
  const reactions = decision.get('reactions');
  if (!Array.isArray(reactions)) return [];
  const from = {
    seq: Number(decision.get('seq') ?? 0),
    event: textAt(decision, 'event'),
    tag: textAt(decision, 'tag'),
    rule: textAt(decision, 'rule'),
  };
  return reactions.flatMap((reaction) => {
    const action = shadowAction(reaction);
    return action === undefined ? [] : [{ ...from, ...shown(action, salt) }];
  });
}

/** undefined for a reaction that was not decided in the shadow. */
function shadowAction(reaction: Value): Action | undefined {
  const outcome = reaction instanceof Map ? reaction.get('outcome') : undefined;
  const detail = outcome instanceof Map ? outcome.get('detail') : undefined;
  const action = detail instanceof Map && detail.get('shadow') === true ? detail.get('action') : undefined;
  return action instanceof Map ? reactionFromValue(mapOf({ action })).action : undefined;
}

type Shown = Pick<DecidedCall, 'kind' | 'fun' | 'tgt' | 'tgtType' | 'args'>;

function shown(action: Action, salt: SaltMaster): Shown {
  switch (action.kind) {
    case 'local': {
      const { tgt, tgtType } = resolveTarget(action.tgt, action.tgtType, salt.nodegroups);
      return { kind: 'local', fun: action.fun, tgt, tgtType, args: flatArguments(action.arg, action.kwarg) };
    }
    case 'runner':
    case 'wheel': {
      const { arg, kwarg } = argumentsOf(action);
      const args = kwarg.size > 0 ? [...arg, kwarg] : arg;
      return { kind: action.kind, fun: action.fun, tgt: null, tgtType: '', args };
    }
    case 'caller':
      return { kind: 'unseen', fun: action.fun, tgt: null, tgtType: '', args: [] };
    case 'event':
      return { kind: 'unseen', fun: action.tag, tgt: null, tgtType: '', args: [] };
  }
}
