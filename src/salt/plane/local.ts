import {
  type Action,
  flatArguments,
  getString,
  mapOf,
  type Outcome,
  type Reaction,
  textAt,
  type Value,
  type ValueMap,
} from '../../core/index.ts';
import type { SaltAsking } from './asking.ts';
import type { CalledMaster } from './calls.ts';
import { resolveTarget } from './nodegroups.ts';
import { done, failed } from './outcomes.ts';

export type LocalAction = Extract<Action, { kind: 'local' }>;

const publishMs = 30_000;

/** A job as the master is asked to publish it. */
export function publishLoad(reaction: Reaction, action: LocalAction, salt: CalledMaster): ValueMap {
  const { tgt, tgtType } = resolveTarget(action.tgt, action.tgtType, salt.nodegroups);
  const external = textAt(salt.options, 'ext_job_cache');
  return mapOf({
    cmd: 'publish',
    user: salt.user,
    tgt,
    tgt_type: tgtType,
    fun: action.fun,
    arg: flatArguments(action.arg, action.kwarg),
    ret: [action.ret, external].filter((one) => one !== '').join(','),
    jid: reaction.jid,
    timeout: action.timeoutS ?? salt.timeoutS,
    kwargs: mapOf({ metadata: metadataOf(reaction, action.metadata) }),
  });
}

/** The job cache and the returns then say which event and which rule asked for the job. */
function metadataOf({ cause }: Reaction, given: Value): Value {
  const brine = mapOf({ event: cause.event, rule: cause.rule });
  if (given === null) return mapOf({ brine });
  return given instanceof Map ? new Map<Value, Value>([['brine', brine], ...given]) : given;
}

/** Throws what asking throws. */
export async function publish(load: ValueMap, asking: SaltAsking): Promise<Outcome> {
  const answer = await asking.ask(load, publishMs);
  const minions = answer.get('minions') ?? [];
  const error = getString(answer, 'error');
  if (error !== undefined) {
    const nobody = Array.isArray(minions) && answer.get('jid') === null;
    return nobody ? failed('no-minions', error) : failed('failed', error, true);
  }
  const jid = textAt(answer, 'jid') || textAt(load, 'jid');
  return done(jid, mapOf({ minions, missing: answer.get('missing') ?? [] }));
}
