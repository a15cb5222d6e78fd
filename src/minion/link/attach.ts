import { type LinkClient, proof } from '../../bus/index.ts';
import { attachParts, BrineError, type Ids, mapOf, textAt, type ValueMap } from '../../core/index.ts';
import { ask } from './ask.ts';
import type { Identity } from './enrol.ts';

/** Binds a connection of the work socket to this minion's id. The result is the token of every later request. */
export async function attach(
  link: LinkClient,
  me: Identity,
  masterKey: string,
  grains: ValueMap,
  ids: Ids,
): Promise<string> {
  const nonce = ids.random(16);
  const offer = await ask(link, 'attach', mapOf({ id: me.id, nonce }));
  const parts = attachParts(nonce, textAt(offer, 'nonce'), me.id);
  const given = proof(me.keys.secretKey, masterKey, parts);
  const token = textAt(await ask(link, 'attached', mapOf({ id: me.id, proof: given, grains })), 'token');
  if (token === '') throw new BrineError('BAD_MESSAGE', 'The master gave no token.');
  return token;
}
