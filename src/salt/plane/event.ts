import { packData } from '../../bus/index.ts';
import {
  type Action,
  type Outcome,
  type Reaction,
  tagFault,
  type Value,
  type ValueMap,
  withTrace,
} from '../../core/index.ts';
import type { SaltSource } from '../source/source.ts';
import { type StampForm, stampOfJid } from '../source/stamps.ts';
import type { Doubts } from './doubts.ts';
import { argumentsOf } from './legacy.ts';
import { done, failed } from './outcomes.ts';

export type EventAction = Extract<Action, { kind: 'event' }>;

/** Keys that only Salt's own parts may write: a master publishes jobs that events with the first one ask for. */
const forbidden = new Set<Value>(['__peer_id', '_stamp']);

/**
 * The event that an action comes to: its own, or that of the runner `event.send` when it is called for nothing
 * else. The master would start a process for that call, which takes it a hundred times as long as firing the event.
 */
export function eventOf(action: Action): EventAction | undefined {
  if (action.kind === 'event') return action;
  if (action.kind !== 'runner' || action.fun !== 'event.send') return undefined;
  const { arg, kwarg } = argumentsOf(action);
  const known = [...kwarg.keys()].every((key) => key === 'tag' || key === 'data');
  if (!known || arg.length > 2) return undefined;
  const tag = arg[0] ?? kwarg.get('tag');
  const data = arg[1] ?? kwarg.get('data') ?? null;
  if (typeof tag !== 'string' || (data !== null && !(data instanceof Map))) return undefined;
  return { kind: 'event', tag, data: data ?? new Map() };
}

/** Why an event cannot be fired on Salt's bus; undefined when it can. */
export function refusedEvent({ tag }: EventAction): Outcome | undefined {
  const fault = tagFault(tag);
  if (fault !== undefined) return failed('bad-arguments', `The event cannot be sent: ${fault}.`);
  if (tag.startsWith('cluster/'))
    return failed('refused', `Tags that begin with cluster/ are Salt's own: ${tag}.`);
  return undefined;
}

/** The data that is sent, without the keys that are Salt's to write. */
export function sentData({ data }: EventAction): ValueMap {
  return new Map<Value, Value>([...data].filter(([key]) => !forbidden.has(key)));
}

/** Fires an event on Salt's bus. It counts as fired when it was seen there. Throws what sending throws. */
export async function fireEvent(
  { jid, cause, depth, trace }: Reaction,
  event: EventAction,
  deps: { readonly source: Pick<SaltSource, 'sender' | 'stampForm'>; readonly doubts: Doubts },
): Promise<Outcome> {
  const refused = refusedEvent(event);
  if (refused !== undefined) return refused;
  const form: StampForm = deps.source.stampForm();
  const packed = packData(new Map<Value, Value>([...sentData(event), ['_stamp', stampOfJid(jid, form)]]));
  if (deps.doubts.wasFired(jid, event.tag, packed)) return done(jid, null, true);
  await deps.source.sender.send(event.tag, packed, { source: 'salt', cause, depth, ...withTrace(trace) });
  return done(jid, null);
}
