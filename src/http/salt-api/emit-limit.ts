import type { Value, ValueMap } from '../../core/index.ts';
import { yamlifyArg } from '../../render/index.ts';
import { HttpError } from '../server/http-error.ts';
import type { Caller } from '../users/caller.ts';

/** Functions that send an event, and where its tag is among their arguments. */
const senders: Readonly<Record<string, { readonly index: number; readonly name: string }>> = {
  'event.send': { index: 0, name: 'tag' },
  'event.fire': { index: 1, name: 'tag' },
  'event.fire_master': { index: 1, name: 'tag' },
};

/** A text that a minion reads as a keyword argument. */
const keyword = /^([A-Za-z_][\w.-]*)=(?!=)([^]*)$/;

/** Throws 401 when the call would send a tag that the caller may not send. */
export function refuseForeignTag(caller: Caller, fun: string, arg: readonly Value[], kwarg: ValueMap): void {
  const sender = Object.hasOwn(senders, fun) ? senders[fun] : undefined;
  if (sender === undefined || caller.emit.everything) return;
  const positional: Value[] = [];
  const tags: Value[] = [];
  for (const value of arg) {
    const [, name, text] = (typeof value === 'string' ? keyword.exec(value) : null) ?? [];
    if (name === undefined || text === undefined) positional.push(value);
    else if (name === sender.name) tags.push(text, yamlifyArg(text));
  }
  const [atPlace, named] = [positional[sender.index], kwarg.get(sender.name)];
  if (atPlace !== undefined) tags.push(atPlace);
  if (named !== undefined) tags.push(named);
  if (tags.length === 0) refuseTag(caller, '');
  for (const tag of tags) refuseTag(caller, typeof tag === 'string' ? tag : '');
}

/** Throws 401 when the caller may not send this tag. */
export function refuseTag(caller: Caller, tag: string): void {
  if (!caller.emit.allows(tag)) throw new HttpError(401, 'Authorization error occurred.');
}
