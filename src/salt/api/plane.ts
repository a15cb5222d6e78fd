import { type Clock, type Ids, mapOf, type Outcome, type Reaction, withTrace } from '../../core/index.ts';
import { type CallAction, type CallDeps, callRunner } from '../plane/calls.ts';
import { Doubts } from '../plane/doubts.ts';
import { type EventAction, refusedEvent, sentData } from '../plane/event.ts';
import { failed } from '../plane/outcomes.ts';
import { planeOf, type SaltPlane } from '../plane/plane.ts';
import type { SaltApiSource } from './source.ts';

export interface SaltApiPlaneOptions {
  readonly source: SaltApiSource;
  readonly username: string;
  readonly timeoutS: number;
  readonly nodegroups: Readonly<Record<string, string | readonly string[]>>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly coalesceMs: number;
}

/** Executes reactions through salt-api, with what its user may do. */
export function saltApiPlane(options: SaltApiPlaneOptions): SaltPlane {
  const { source, username, timeoutS, nodegroups, clock, ids, coalesceMs } = options;
  const { book, log, asking, jobs } = source;
  const doubts = new Doubts({ book, log, cache: jobs, firstJid: ids.jid() });
  const salt = { user: username, nodegroups, timeoutS, options: new Map() };
  const deps: CallDeps = { salt, asking, book, doubts };
  return planeOf({
    ...deps,
    clock,
    coalesceMs,
    fire: (reaction, event) => sendEvent(reaction, event, source, deps),
    call: () => Promise.resolve(failed('unsupported', callerText)),
    unsupported: ({ kind }) => (kind === 'caller' ? callerText : undefined),
    beforeRepeat: () => source.expectSettled(),
    asks: true,
    close: () => undefined,
  });
}

const callerText = 'A caller reaction runs on the host of the Salt master, where salt-api does not reach.';

/** Sends an event through the runner that does so; salt-api's hooks would put the token into the event. */
async function sendEvent(
  reaction: Reaction,
  event: EventAction,
  { echoes }: SaltApiSource,
  deps: CallDeps,
): Promise<Outcome> {
  const refused = refusedEvent(event);
  if (refused !== undefined) return refused;
  const { cause, depth, trace } = reaction;
  const data = sentData(event);
  echoes.expect(event.tag, data, { source: 'salt', cause, depth, ...withTrace(trace) });
  const kwarg = mapOf({ tag: event.tag, data });
  const call: CallAction = { kind: 'runner', fun: 'event.send', arg: [], kwarg, legacy: null };
  return callRunner(reaction, call, deps);
}
