import { isKey, type LinkServer, proof, sameSecret } from '../../bus/index.ts';
import { BrineError, type Clock, enrolParts, type Ids, mapOf, type ValueMap } from '../../core/index.ts';
import type { Keyring } from '../keys/keyring.ts';
import type { KeyPair } from '../keys/own-keys.ts';
import { handleMap, requireText } from '../wire.ts';
import { minionIdFault } from './minion-id.ts';

export interface EnrolOptions {
  readonly keys: Keyring;
  readonly own: KeyPair;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Attempts that are looked at in one second; more are answered with OVERLOADED. */
  readonly attemptsPerSecondMax: number;
}

/** A minion that said hello and has not yet proven anything. */
interface Hello {
  readonly id: string;
  readonly publicKey: string;
  readonly minionNonce: string;
  readonly masterNonce: string;
}

const helloMax = 1000;
const nonceBytes = 32;
const nonceCharsMax = 256;

/**
 * The socket where a minion shows its key. Everybody may connect, so each step costs little: hellos are
 * bounded and the oldest give way, proofs are computed at a bounded rate.
 */
export function serveEnrol(link: LinkServer, options: EnrolOptions): void {
  const { keys, own, ids } = options;
  const hellos = new Map<string, Hello>();
  const allow = rateLimit(options.clock, options.attemptsPerSecondMax);

  handleMap(link, 'hello', (request, peer) => {
    const hello = readHello(request, ids.random(nonceBytes));
    allow();
    hellos.delete(peer);
    for (const oldest of hellos.keys()) {
      if (hellos.size < helloMax) break;
      hellos.delete(oldest);
    }
    hellos.set(peer, hello);
    return mapOf({
      public_key: own.publicKey,
      nonce: hello.masterNonce,
      proof: masterProof(own, hello, 'hello'),
    });
  });

  handleMap(link, 'prove', async (request, peer) => {
    const hello = hellos.get(peer);
    hellos.delete(peer);
    if (hello === undefined || hello.id !== requireText(request, 'id'))
      throw new BrineError('KEY_REFUSED', 'Say hello first.');
    const parts = enrolParts('minion', hello.minionNonce, hello.masterNonce, hello.id, '');
    if (!sameSecret(requireText(request, 'proof'), proof(own.secretKey, hello.publicKey, parts)))
      throw new BrineError('KEY_REFUSED', 'The proof does not fit the key.');
    const act = await keys.offer(hello.id, hello.publicKey);
    return mapOf({ act, proof: masterProof(own, hello, act) });
  });
}

function readHello(request: ValueMap, masterNonce: string): Hello {
  const id = requireText(request, 'id');
  const publicKey = requireText(request, 'public_key');
  const minionNonce = requireText(request, 'nonce');
  const fault = minionIdFault(id);
  if (fault !== undefined) throw new BrineError('KEY_REFUSED', `The minion id cannot be used: ${fault}.`);
  if (!isKey(publicKey)) throw new BrineError('KEY_REFUSED', 'The public key is not a CURVE key.');
  if (minionNonce.length < 16 || minionNonce.length > nonceCharsMax)
    throw new BrineError('KEY_REFUSED', 'The nonce is too short or too long.');
  return { id, publicKey, minionNonce, masterNonce };
}

function masterProof(own: KeyPair, hello: Hello, act: string): string {
  const parts = enrolParts('master', hello.minionNonce, hello.masterNonce, hello.id, act);
  return proof(own.secretKey, hello.publicKey, parts);
}

/** Throws OVERLOADED beyond so many calls a second. */
function rateLimit(clock: Clock, perSecond: number): () => void {
  let left = perSecond;
  let atMs = clock.monotonicMs();
  return () => {
    const nowMs = clock.monotonicMs();
    left = Math.min(perSecond, left + ((nowMs - atMs) / 1000) * perSecond);
    atMs = nowMs;
    if (left < 1) throw new BrineError('OVERLOADED', 'Too many minions enrol at once; try again.');
    left -= 1;
  };
}
