import { randomBytes } from 'node:crypto';
import { type Clock, type Ids, jidSource } from '../core/index.ts';

/** Ids from the machine's clock and its random generator. */
export function systemIds(clock: Clock): Ids {
  return {
    jid: jidSource(clock),
    random: (bytes) => randomBytes(bytes).toString('hex'),
    fraction: () => Math.random(),
  };
}
