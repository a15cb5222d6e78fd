import { mapOf, type OutgoingEvent } from '../../core/index.ts';
import type { EnrolAct } from './key-states.ts';

/** `salt/auth`: a minion showed its key. */
export function authEvent(act: EnrolAct, id: string, publicKey: string): OutgoingEvent {
  const result = act === 'accept' || act === 'pend';
  return { tag: 'salt/auth', data: mapOf({ result, act, id, pub: publicKey }) };
}

/** `salt/key`: an operator changed the state of a key. */
export function keyEvent(
  act: 'accepted' | 'rejected' | 'delete',
  id: string,
  publicKey: string,
): OutgoingEvent {
  return { tag: 'salt/key', data: mapOf({ result: true, act, id, pub: publicKey }) };
}
