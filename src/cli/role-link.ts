import { connectLink, packValue, socketPath, unpackValue } from '../bus/index.ts';
import { probeSocket } from '../client/index.ts';
import type { Value, ValueMap } from '../core/index.ts';
import { systemClock } from '../system/index.ts';
import type { Context } from './context.ts';
import type { Role } from './services.ts';

/** Here too, because loading the roles themselves takes longer than asking them. */
export const roleNames: readonly Role[] = ['master', 'minion', 'reactor'];

/** Asks a role of the data folder over its socket. Throws NOT_RUNNING, TIMEOUT, and whatever it answers. */
export async function askRole(
  context: Context,
  role: Role,
  verb: string,
  ask: ValueMap,
  timeoutMs: number,
): Promise<Value> {
  const { sockDir, minion } = context.settings;
  const path = socketPath(sockDir, role === 'minion' ? { minion: minion.id } : role);
  await probeSocket(path, role);
  const link = connectLink({ endpoint: `ipc://${path}`, clock: systemClock });
  try {
    return unpackValue(await link.request(verb, packValue(ask), timeoutMs));
  } finally {
    await link.close();
  }
}
