import { type LinkClient, packValue, unpackValue } from '../bus/index.ts';
import {
  type ControlPlane,
  type ErrorCode,
  isBrineError,
  mapOf,
  messageOf,
  type OpenJob,
  type Outcome,
  outcomeFromValue,
  type Reaction,
  reactionToValue,
  textAt,
  type Value,
} from '../core/index.ts';

const submitMs = 60_000;
const askMs = 10_000;

/** These say that the master could not take the reactions now, not that something is wrong with them. */
const passing: readonly ErrorCode[] = [
  'BUS_CLOSED',
  'TIMEOUT',
  'OVERLOADED',
  'STOPPING',
  'NOT_RUNNING',
  'DISK_FULL',
];

/** Our own master as a control plane, over its `submit` verb. */
export function brinePlane(link: LinkClient): ControlPlane {
  const send = async (reactions: readonly Reaction[]): Promise<Outcome[]> => {
    const payload = packValue(reactions.map(reactionToValue));
    const reply = unpackValue(await link.request('submit', payload, submitMs));
    return Array.isArray(reply) ? reply.map(outcomeFromValue) : [];
  };

  /** A batch that is refused is sent again one by one, so that one bad reaction spoils no other. */
  const submit = async (reactions: readonly Reaction[]): Promise<Outcome[]> => {
    try {
      return await send(reactions);
    } catch (error) {
      if (isBrineError(error) && passing.includes(error.code)) throw error;
      if (reactions.length === 1) {
        return [{ ok: false, retryable: false, reason: 'refused', message: messageOf(error) }];
      }
      const outcomes: Outcome[] = [];
      for (const reaction of reactions) outcomes.push(...(await submit([reaction])));
      return outcomes;
    }
  };
  const ask = async (which: Parameters<NonNullable<ControlPlane['openJobs']>>[0]): Promise<OpenJob[]> => {
    const question = mapOf({ jids: [...(which.jids ?? [])], rules: [...(which.rules ?? [])] });
    const reply = unpackValue(await link.request('jobs.open', packValue(question), askMs));
    return Array.isArray(reply) ? reply.map(openJobFromValue) : [];
  };
  return { submit, openJobs: ask };
}

function openJobFromValue(raw: Value): OpenJob {
  const map = raw instanceof Map ? raw : new Map<Value, Value>();
  const minions = map.get('minions');
  return {
    jid: textAt(map, 'jid'),
    rule: textAt(map, 'rule'),
    minions: Array.isArray(minions) ? minions.filter((id) => typeof id === 'string') : [],
  };
}
