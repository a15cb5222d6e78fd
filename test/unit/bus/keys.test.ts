import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { fingerprint, isKey, newKeyPair, proof, sameSecret, socketPath } from '../../../src/bus/index.ts';

const code = (value: string): unknown => expect.objectContaining({ code: value });

// ZeroMQ's own example pair (zmq_curve(7)).
const client = {
  publicKey: 'Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID',
  secretKey: 'D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs',
};
const server = {
  publicKey: 'rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7',
  secretKey: 'JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6',
};

test('both sides compute the same proof, and nobody else', () => {
  const parts = ['minion', 'nonce-a', 'nonce-b', 'web1', ''];
  const there = proof(client.secretKey, server.publicKey, parts);
  expect(proof(server.secretKey, client.publicKey, parts)).toBe(there);
  expect(proof(newKeyPair().secretKey, server.publicKey, parts)).not.toBe(there);
  expect(there).toMatch(/^[0-9a-f]{64}$/);
});

test('a proof is of these parts in this order, however they are joined', () => {
  const of = (...parts: string[]): string => proof(client.secretKey, server.publicKey, parts);
  expect(new Set([of('ab', 'c'), of('a', 'bc'), of('abc'), of('c', 'ab'), of('abc', '')]).size).toBe(5);
});

test('a fingerprint is the SHA-256 of the 32 bytes', () => {
  // The bytes of the example's server key, from the same manual page.
  const bytes = Buffer.from('54FCBA24E93249969316FB617C872BB0C1D1FF14800427C594CBFACF1BC2D652', 'hex');
  const digest = createHash('sha256').update(bytes).digest('hex');
  expect(fingerprint(server.publicKey).replaceAll(':', '')).toBe(digest);
});

test('what is no key is refused', () => {
  for (const text of ['', 'short', '~'.repeat(40), '#'.repeat(40), 'x'.repeat(41)]) {
    expect(isKey(text)).toBe(false);
    expect(() => fingerprint(text)).toThrow(code('BAD_ARGUMENT'));
    expect(() => proof(client.secretKey, text, [])).toThrow(code('BAD_ARGUMENT'));
  }
  expect(isKey(newKeyPair().publicKey)).toBe(true);
});

test('a key of small order, whose secret anybody can guess, is refused', () => {
  expect(() => proof(client.secretKey, '0'.repeat(40), [])).toThrow(code('BAD_ARGUMENT'));
});

test('secrets are compared whole', () => {
  expect(sameSecret('abc', 'abc')).toBe(true);
  expect(sameSecret('abc', 'abd')).toBe(false);
  expect(sameSecret('abc', 'ab')).toBe(false);
});

test('a minion of any name has a short socket of its own', () => {
  expect(socketPath('/s', { minion: '../../x' })).toMatch(/^\/s\/minion-[0-9a-f]{10}\.ipc$/);
  expect(socketPath('/s', { minion: 'a' })).not.toBe(socketPath('/s', { minion: 'b' }));
  expect(socketPath('/s', 'master')).toBe('/s/master.ipc');
});
