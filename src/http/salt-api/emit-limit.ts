import type { Value, ValueMap } from '../../core/index.ts';
import { HttpError } from '../server/http-error.ts';
import type { Caller } from '../users/caller.ts';

/** Functions that send an event, and where its tag is among their arguments. */
const senders: Readonly<Record<string, { readonly index: number; readonly name: string }>> = {
  'event.send': { index: 0, name: 'tag' },
  'event.fire': { index: 1, name: 'tag' },
  'event.fire_master': { index: 1, name: 'tag' },
};

/** Throws 401 when the call would send a tag that the caller may not send. */
export function refuseForeignTag(caller: Caller, fun: string, arg: readonly Value[], kwarg: ValueMap): void {
  const sender = Object.hasOwn(senders, fun) ? senders[fun] : undefined;
  if (sender === undefined || caller.emit.everything) return;
  const given = [arg[sender.index], kwarg.get(sender.name)].filter((tag) => tag !== undefined);
  for (const tag of given) refuseTag(caller, typeof tag === 'string' ? tag : String(tag as number));
  if (given.length === 0) refuseTag(caller, '');
}

/** Throws 401 when the caller may not send this tag. */
export function refuseTag(caller: Caller, tag: string): void {
  if (!caller.emit.allows(tag)) throw new HttpError(401, 'Authorization error occurred.');
}
