import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { type Call, type Fn, type FnTable, fn, table } from '../function.ts';

function digest(algorithm: string): Fn {
  return fn('instr', (call) => hashed(call, algorithm));
}

function hashed(call: Call, algorithm: string): string {
  const text = call.str(0);
  call.rt.step(Math.ceil(text.length / 64));
  return createHash(algorithm).update(text, 'utf8').digest('hex');
}

const algorithms: ReadonlySet<string> = new Set(['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512']);

function sameText(ours: string, theirs: string): boolean {
  const [a, b] = [Buffer.from(ours), Buffer.from(theirs)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function hmac(call: Call, algorithm: string, encoding: 'base64' | 'hex'): string {
  return createHmac(algorithm, call.str(1)).update(call.str(0), 'utf8').digest(encoding);
}

/** `sha1=…`, as webhooks sign their bodies. */
function githubSignature(call: Call): boolean {
  const [algorithm = '', theirs = ''] = call.str(2).split('=');
  if (!algorithms.has(algorithm)) return call.rt.valueError(`'${algorithm}' is not a digest`);
  return sameText(hmac(call, algorithm, 'hex'), theirs);
}

const encode = fn('instr', (call) => Buffer.from(call.str(0), 'utf8').toString('base64'));
const decode = fn('instr', (call) => Buffer.from(call.str(0), 'base64').toString('utf8'));

/** Python breaks this form after 76 characters. */
const encodeLines = fn('instr', (call) =>
  Buffer.from(call.str(0), 'utf8')
    .toString('base64')
    .replace(/.{1,76}/g, '$&\n'),
);

export const hashFunctions: FnTable = table({
  'hashutil.base64_b64decode': decode,
  'hashutil.base64_b64encode': encode,
  'hashutil.base64_decodestring': decode,
  'hashutil.base64_encodestring': encodeLines,
  'hashutil.digest': fn('instr checksum?', (call) => {
    const algorithm = call.text(1, 'md5');
    return algorithms.has(algorithm)
      ? hashed(call, algorithm)
      : call.rt.valueError(`hash function '${algorithm}' is not supported`);
  }),
  'hashutil.github_signature': fn('string shared_secret challenge_hmac', githubSignature),
  'hashutil.hmac_compute': fn('string shared_secret', (call) => hmac(call, 'sha256', 'hex')),
  'hashutil.hmac_signature': fn('string shared_secret challenge_hmac', (call) =>
    sameText(hmac(call, 'sha256', 'base64'), call.str(2)),
  ),
  'hashutil.md5_digest': digest('md5'),
  'hashutil.sha256_digest': digest('sha256'),
  'hashutil.sha512_digest': digest('sha512'),
});
