import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { newKeyPair } from '../../bus/index.ts';
import { BrineError, systemCode } from '../../core/index.ts';

export interface KeyPair {
  readonly publicKey: string;
  readonly secretKey: string;
}

/**
 * The master's own key pair, made at the first start. Minions pin it, so it is never replaced: a file that
 * cannot be read is an error. Throws BAD_CONFIG.
 */
export function loadOwnKeys(folder: string): KeyPair {
  const file = join(folder, 'master-key.json');
  try {
    return parse(readFileSync(file, 'utf8'), file);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
  const keys = newKeyPair();
  write(file, folder, `${JSON.stringify({ public_key: keys.publicKey, secret_key: keys.secretKey })}\n`);
  return keys;
}

function parse(text: string, file: string): KeyPair {
  try {
    const { public_key: publicKey, secret_key: secretKey } = JSON.parse(text) as Record<string, unknown>;
    if (isZ85(publicKey) && isZ85(secretKey)) return { publicKey, secretKey };
  } catch {
    // Said below, without the text: it holds the secret.
  }
  throw new BrineError(
    'BAD_CONFIG',
    `${file} does not hold a key pair. Restore it, or remove it and enrol every minion again.`,
  );
}

function isZ85(value: unknown): value is string {
  return typeof value === 'string' && value.length === 40;
}

/** All or nothing, even when the machine loses power. */
function write(file: string, folder: string, text: string): void {
  const part = `${file}.part`;
  const descriptor = openSync(part, 'w', 0o600);
  writeSync(descriptor, text);
  fsyncSync(descriptor);
  closeSync(descriptor);
  renameSync(part, file);
  const parent = openSync(folder, 'r');
  fsyncSync(parent);
  closeSync(parent);
}
