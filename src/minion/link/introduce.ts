import { existsSync } from 'node:fs';
import { connectLink, socketPath } from '../../bus/index.ts';
import { type Clock, mapOf } from '../../core/index.ts';
import { ask } from './ask.ts';
import type { Identity } from './enrol.ts';

/**
 * Whoever reaches the master's own socket is the same system user, so the master accepts the minion's key at
 * once. Without that socket the minion waits for its acceptance as any other.
 */
export async function introduce(sockDir: string, me: Identity, clock: Clock): Promise<void> {
  const path = socketPath(sockDir, 'master');
  if (!existsSync(path)) return;
  const link = connectLink({ endpoint: `ipc://${path}`, clock });
  try {
    await ask(link, 'introduce', mapOf({ id: me.id, public_key: me.keys.publicKey }), 5000);
  } catch {
    // The enrol handshake tells what the master thinks of the key.
  } finally {
    await link.close();
  }
}
