import { connectLink, type LinkClient, socketPath } from '../bus/index.ts';
import { probeSocket } from '../client/index.ts';
import { type Answer, type Lookup, lookupKey, silentTelemetry } from '../core/index.ts';
import { createCaller } from '../minion/index.ts';
import { brineLookups, Resolver, sdbOf } from '../reactor/index.ts';
import { yamlifyArg } from '../render/index.ts';
import { systemClock, systemIds } from '../system/index.ts';
import type { Context } from './context.ts';
import { hostLookups } from './host-lookups.ts';

/**
 * Asks, round after round, what `needs` still wants, as the reactor would: the master of this host through its socket,
 * functions in this process. The answers go into the table.
 */
export async function askSystem(
  context: Context,
  answers: Map<string, Answer>,
  needs: (answers: ReadonlyMap<string, Answer>) => readonly Lookup[],
): Promise<void> {
  const { settings, io } = context;
  const { lookups } = settings.reactor;
  const deps = { clock: systemClock, ids: systemIds(systemClock), telemetry: silentTelemetry };
  const caller = createCaller(settings, { ...deps, parseArgument: yamlifyArg });
  const path = socketPath(settings.sockDir, 'master');
  // What only the master knows then fails at once and says why, instead of at its limit.
  const missing = await probeSocket(path, 'master').then(
    () => null,
    (error: unknown) => error,
  );
  let link: LinkClient | undefined;
  const connected = (): LinkClient => {
    if (missing !== null) throw missing;
    link ??= connectLink({ endpoint: `ipc://${path}`, clock: systemClock });
    return link;
  };
  const port = brineLookups({ link: connected, host: hostLookups(caller), sdb: sdbOf(lookups.sdb, io.env) });
  const resolver = new Resolver({ ...deps, lookups: port, settings: lookups });
  const never = new Promise<undefined>(() => undefined);
  try {
    for (let round = 0; round < lookups.roundsMax; round += 1) {
      const wanted = needs(answers);
      if (wanted.length === 0) return;
      const told = await Promise.all(wanted.map((lookup) => resolver.ask(lookup, 0, never)));
      wanted.forEach((lookup, i) => answers.set(lookupKey(lookup), told[i] as Answer));
    }
  } finally {
    resolver.stop();
    await caller.close();
    await link?.close();
  }
}
