import { createHash, getHashes } from 'node:crypto';
import { join } from 'node:path';

/** The two sockets of one of Salt's event buses. */
export interface SaltSockets {
  /** Where readers connect. */
  readonly pub: string;
  /** Where those who fire connect. */
  readonly pull: string;
}

/** A master's sockets in its `sock_dir`. */
export function masterSockets(sockDir: string): SaltSockets {
  return {
    pub: join(sockDir, 'master_event_pub.ipc'),
    pull: join(sockDir, 'master_event_pull.ipc'),
  };
}

/** A minion's: its names hold the first ten digits of a hash of its id (`hash_type`, `sha256` unless set). */
export function minionSockets(sockDir: string, id: string, hashType: string = 'sha256'): SaltSockets {
  const known = getHashes().includes(hashType) ? hashType : 'sha256';
  const short = createHash(known).update(id).digest('hex').slice(0, 10);
  return {
    pub: join(sockDir, `minion_event_${short}_pub.ipc`),
    pull: join(sockDir, `minion_event_${short}_pull.ipc`),
  };
}
