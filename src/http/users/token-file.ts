import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { join } from 'node:path';
import { BrineError } from '../../core/index.ts';
import { RecordFile } from './record-file.ts';
import { apiFolder, checkName, checkRights, type Rights, readRights } from './user-file.ts';

/** A key for programs: shown once, kept as a hash. Its record stands under its name. */
export interface TokenRecord extends Rights {
  /** SHA-256 of the token, in hexadecimal. */
  readonly hash: string;
  readonly createdMs: number;
  /** null: it does not expire. */
  readonly expiresMs: number | null;
}

export type TokenFile = RecordFile<TokenRecord>;

/** Hexadecimal, because clients of salt-api and salt-api itself take nothing else for a token. */
const tokenBytes = 32;

export function openTokenFile(dataDir: string): TokenFile {
  return new RecordFile(join(apiFolder(dataDir), 'tokens.json'), readToken);
}

/** When tokens were last used: written by the server, shown by the command line. */
export function openTokenUse(dataDir: string): RecordFile<number> {
  return new RecordFile(join(apiFolder(dataDir), 'token-use.json'), Number);
}

/** Makes a token and gives it, for the only time. */
export async function addToken(
  file: TokenFile,
  name: string,
  rights: Rights,
  times: { readonly nowMs: number; readonly expiresMs: number | null },
): Promise<string> {
  checkName(name, 'token');
  const checked = checkRights(rights);
  const token = randomBytes(tokenBytes).toString('hex');
  await file.change((records) => {
    if (records.has(name)) throw new BrineError('BAD_ARGUMENT', `There is a token ${name} already.`);
    records.set(name, {
      ...checked,
      hash: hashOf(token),
      createdMs: times.nowMs,
      expiresMs: times.expiresMs,
    });
  });
  return token;
}

export function revokeToken(file: TokenFile, name: string): Promise<void> {
  return file.change((records) => {
    if (!records.delete(name)) throw new BrineError('NO_SUCH_RECORD', `There is no token ${name}.`);
  });
}

/** The token's name and record. Every record is looked at, and none faster than another. */
export function findToken(
  records: ReadonlyMap<string, TokenRecord>,
  token: string,
): { readonly name: string; readonly record: TokenRecord } | undefined {
  const wanted = Buffer.from(hashOf(token), 'hex');
  let found: { name: string; record: TokenRecord } | undefined;
  for (const [name, record] of records)
    if (timingSafeEqual(Buffer.from(record.hash, 'hex'), wanted)) found = { name, record };
  return found;
}

export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

function readToken(raw: unknown): TokenRecord {
  const { hash, createdMs, expiresMs, ...rest } = raw as Record<string, unknown>;
  if (typeof hash !== 'string' || !/^[0-9a-f]{64}$/.test(hash))
    throw new BrineError('BAD_CONFIG', 'A token has no hash.');
  return {
    ...readRights(rest),
    hash,
    createdMs: Number(createdMs),
    expiresMs: typeof expiresMs === 'number' ? expiresMs : null,
  };
}
