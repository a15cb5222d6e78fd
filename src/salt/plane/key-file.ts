import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BrineError, messageOf, systemCode } from '../../core/index.ts';
import type { SaltMaster } from '../master-config/master.ts';

/** Where a master keeps the key that lets its own user ask for anything; it is made anew at every start. */
export function keyFile({ cacheDir, user }: Pick<SaltMaster, 'cacheDir' | 'user'>): string {
  return join(cacheDir, `.${user.replaceAll('\\', '_')}_key`);
}

/** Throws BUS_CLOSED: without the key nothing can be asked for. */
export async function readKey(salt: Pick<SaltMaster, 'cacheDir' | 'user'>): Promise<string> {
  const path = keyFile(salt);
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (cause) {
    const hint =
      systemCode(cause) === 'EACCES'
        ? `this user may not read ${path}; run Brine as ${salt.user}`
        : `the key file cannot be read: ${messageOf(cause)}`;
    throw new BrineError('BUS_CLOSED', `The Salt master cannot be asked: ${hint}.`, { cause });
  }
}
