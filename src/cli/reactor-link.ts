import { connectLink, packValue, socketPath, unpackValue } from '../bus/index.ts';
import { probeSocket } from '../client/index.ts';
import type { Value, ValueMap } from '../core/index.ts';
import { systemClock } from '../system/index.ts';
import type { Context } from './context.ts';

const requestMs = 30_000;

/** Asks the reactor of the data folder. Throws NOT_RUNNING, and whatever the reactor answers. */
export async function askReactor(context: Context, verb: string, ask: ValueMap): Promise<Value> {
  const path = socketPath(context.settings.sockDir, 'reactor');
  await probeSocket(path, 'reactor');
  const link = connectLink({ endpoint: `ipc://${path}`, clock: systemClock });
  try {
    return unpackValue(await link.request(verb, packValue(ask), requestMs));
  } finally {
    await link.close();
  }
}
