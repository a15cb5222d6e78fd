import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  timingSafeEqual,
} from 'node:crypto';
import { curveKeyPair } from 'zeromq';
import { BrineError } from '../../core/index.ts';
import { fromZ85 } from './z85.ts';

/** A CURVE key pair: 40 characters of Z85 each. */
export interface KeyPair {
  readonly publicKey: string;
  readonly secretKey: string;
}

export function newKeyPair(): KeyPair {
  return curveKeyPair();
}

/** Whether text has the form of a CURVE key. */
export function isKey(text: string): boolean {
  return text.length === 40 && fromZ85(text) !== undefined;
}

/** What people compare: SHA-256 of the key's 32 bytes as `aa:bb:…`. Throws BAD_ARGUMENT. */
export function fingerprint(publicKeyZ85: string): string {
  const digest = createHash('sha256').update(keyBytes(publicKeyZ85)).digest('hex');
  return (digest.match(/../g) ?? []).join(':');
}

/**
 * Shows, to who holds the other key, that the sender holds its own: HMAC-SHA256 of the parts under the
 * X25519 secret that only these two can compute; hexadecimal. Throws BAD_ARGUMENT for what is no key.
 */
export function proof(ownSecretZ85: string, otherPublicZ85: string, parts: readonly string[]): string {
  const hmac = createHmac('sha256', sharedSecret(keyBytes(ownSecretZ85), keyBytes(otherPublicZ85)));
  // The length in front of each part keeps ['ab', 'c'] and ['a', 'bc'] apart.
  for (const part of parts) hmac.update(`${Buffer.byteLength(part)}:`).update(part);
  return hmac.digest('hex');
}

/** Compares secrets in a time that tells nothing about where they differ. */
export function sameSecret(a: string, b: string): boolean {
  const [first, second] = [Buffer.from(a), Buffer.from(b)];
  return first.length === second.length && timingSafeEqual(first, second);
}

/** The fixed DER in front of a raw X25519 key (RFC 8410). A JWK would ask for both halves of the pair. */
const privatePrefix = Buffer.from('302e020100300506032b656e04220420', 'hex');
const publicPrefix = Buffer.from('302a300506032b656e032100', 'hex');

function sharedSecret(secret: Buffer, other: Buffer): Buffer {
  const options = { format: 'der' } as const;
  const privateKey = createPrivateKey({
    ...options,
    type: 'pkcs8',
    key: Buffer.concat([privatePrefix, secret]),
  });
  const publicKey = createPublicKey({ ...options, type: 'spki', key: Buffer.concat([publicPrefix, other]) });
  try {
    return diffieHellman({ privateKey, publicKey });
  } catch (cause) {
    // Points of small order give a secret that anybody can guess.
    throw new BrineError('BAD_ARGUMENT', 'The key is not usable.', { cause });
  }
}

function keyBytes(text: string): Buffer {
  const bytes = text.length === 40 ? fromZ85(text) : undefined;
  if (bytes === undefined) throw new BrineError('BAD_ARGUMENT', 'A key is 40 characters of Z85.');
  return bytes;
}
