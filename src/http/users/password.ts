import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { BrineError } from '../../core/index.ts';
import { Turns } from './turns.ts';

/** Cost of one guess: about 60 ms and 32 MiB on a machine of 2020. */
const cost = { N: 2 ** 15, r: 8, p: 1 };
const keyBytes = 32;
const saltBytes = 16;
const memoryMax = 256 << 20;

/** Passwords are checked two at a time, because each costs memory and a thread; so many may wait. */
const turns = new Turns(2, 32);

const passwordBytesMax = 1024;

/** `scrypt$N$r$p$salt$key`, the last two as base64. Throws BAD_ARGUMENT for an impossible password. */
export async function hashPassword(password: string): Promise<string> {
  if (password === '') throw new BrineError('BAD_ARGUMENT', 'The password is empty.');
  if (Buffer.byteLength(password) > passwordBytesMax)
    throw new BrineError('BAD_ARGUMENT', `A password has at most ${passwordBytesMax} bytes.`);
  const salt = randomBytes(saltBytes);
  const key = await derive(password, salt, keyBytes, cost);
  const { N, r, p } = cost;
  return ['scrypt', N, r, p, salt.toString('base64'), key.toString('base64')].join('$');
}

/** A hash that no password has: checking against it takes as long as against any other. */
const nobodys = ['scrypt', cost.N, cost.r, cost.p, 'AAAAAAAAAAAAAAAAAAAAAA==', ''].join('$');

/**
 * Whether the password is the one that was hashed; `null` stands for a user that does not exist, and takes the
 * same time. `before` is called when its turn has come. Throws OVERLOADED when too many wait, and what `before`
 * throws.
 */
export async function isPassword(
  password: string,
  hash: string | null,
  before: () => void = () => undefined,
): Promise<boolean> {
  const isKnown = hash?.startsWith('scrypt$') === true;
  const [, N, r, p, salt = '', key = ''] = (isKnown ? hash : nobodys).split('$');
  const expected = Buffer.from(key, 'base64');
  const given = Buffer.byteLength(password) > passwordBytesMax ? '' : password;
  const found = await turns.run(async () => {
    before();
    const options = { N: Number(N), r: Number(r), p: Number(p) };
    return derive(given, Buffer.from(salt, 'base64'), keyBytes, options);
  });
  const isSame = expected.length === found.length && timingSafeEqual(expected, found);
  return isSame && isKnown && given !== '';
}

function derive(
  password: string,
  salt: Buffer,
  bytes: number,
  options: { readonly N: number; readonly r: number; readonly p: number },
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFC'), salt, bytes, { ...options, maxmem: memoryMax }, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
