import { isKey, type KeyPair, type LinkClient, proof, sameSecret } from '../../bus/index.ts';
import { BrineError, enrolParts, type Ids, mapOf, textAt } from '../../core/index.ts';
import { ask } from './ask.ts';
import type { MasterPin } from './master-pin.ts';

/** What the master thinks of this minion's key. */
export interface Enrolment {
  readonly act: string;
  /** The master's public key: pinned, and proven to be in the hands of whoever answered. */
  readonly masterKey: string;
}

export interface Identity {
  readonly id: string;
  readonly keys: KeyPair;
}

/** Shows the key to the master, and makes the master show its own. Throws KEY_REFUSED and the link's errors. */
export async function enrol(link: LinkClient, me: Identity, pin: MasterPin, ids: Ids): Promise<Enrolment> {
  const { id, keys } = me;
  const nonce = ids.random(16);
  const hello = await ask(link, 'hello', mapOf({ id, public_key: keys.publicKey, nonce }));
  const masterKey = textAt(hello, 'public_key');
  const masterNonce = textAt(hello, 'nonce');
  if (!isKey(masterKey)) throw new BrineError('BAD_MESSAGE', 'The master sent no key.');
  pin.check(masterKey);
  const expect = (act: string, given: string): void => {
    const right = proof(keys.secretKey, masterKey, enrolParts('master', nonce, masterNonce, id, act));
    if (!sameSecret(right, given))
      throw new BrineError('KEY_REFUSED', 'Whoever answers does not hold the key that it shows.');
  };
  expect('hello', textAt(hello, 'proof'));
  const mine = proof(keys.secretKey, masterKey, enrolParts('minion', nonce, masterNonce, id, ''));
  const verdict = await ask(link, 'prove', mapOf({ id, proof: mine }));
  const act = textAt(verdict, 'act');
  expect(act, textAt(verdict, 'proof'));
  pin.keep(masterKey);
  return { act, masterKey };
}
