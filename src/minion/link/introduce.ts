import type { LinkClient } from '../../bus/index.ts';
import { mapOf } from '../../core/index.ts';
import { ask } from './ask.ts';
import type { Identity } from './enrol.ts';

const introduceMs = 5000;

/**
 * Whoever reaches the master's own socket is the same system user, so the master accepts the minion's key at
 * once. When it does not answer, the minion waits for its acceptance as any other.
 */
export async function introduce(link: LinkClient, me: Identity): Promise<void> {
  try {
    await ask(link, 'introduce', mapOf({ id: me.id, public_key: me.keys.publicKey }), introduceMs);
  } catch {
    // The enrol handshake tells what the master thinks of the key.
  }
}
