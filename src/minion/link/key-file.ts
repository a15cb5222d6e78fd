import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { isKey, type KeyPair, newKeyPair } from '../../bus/index.ts';
import { BrineError, systemCode, type Telemetry } from '../../core/index.ts';

/** The minion's own key pair; made the first time. The file is for this system user only. */
export function ownKeys(folder: string, telemetry: Telemetry): KeyPair {
  const path = join(folder, 'key.json');
  const text = readIfThere(path);
  if (text === null) {
    const keys = newKeyPair();
    writeWhole(path, `${JSON.stringify(keys)}\n`);
    return keys;
  }
  if ((statSync(path).mode & 0o077) !== 0) {
    const message = `${path} could be read by other users; its mode is 0600 now, but the key may be known.`;
    telemetry.emit({ kind: 'insecure', setting: 'minion key', message });
    chmodSync(path, 0o600);
  }
  return parseKeys(path, text);
}

function parseKeys(path: string, text: string): KeyPair {
  try {
    const { publicKey, secretKey } = JSON.parse(text) as Partial<KeyPair>;
    if (
      typeof publicKey === 'string' &&
      typeof secretKey === 'string' &&
      isKey(publicKey) &&
      isKey(secretKey)
    )
      return { publicKey, secretKey };
  } catch {
    // What is no JSON is no key either.
  }
  throw new BrineError('BAD_CONFIG', `${path} holds no key pair. Remove it to get a new one.`, {
    fields: { path },
  });
}

export function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** Either the whole new content is there after a crash, or none of it. */
export function writeWhole(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const file = openSync(`${path}.new`, 'w', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.new`, path);
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
