import { silentTelemetry } from '../core/index.ts';
import { createCaller } from '../minion/index.ts';
import type { KnownFunctions } from '../rules/index.ts';
import { systemClock, systemIds } from '../system/index.ts';
import type { Context } from './context.ts';

/** What a master can run, so that files are checked where none is running. A test keeps it equal to a master's tables. */
export const masterFunctions: { readonly runner: readonly string[]; readonly wheel: readonly string[] } = {
  runner: [
    'cache.grains',
    'doc.runner',
    'doc.wheel',
    'event.send',
    'http.query',
    'jobs.active',
    'jobs.exit_success',
    'jobs.list_job',
    'jobs.list_jobs',
    'jobs.lookup_jid',
    'manage.down',
    'manage.status',
    'manage.up',
    'mine.get',
    'reactor.add',
    'reactor.delete',
    'reactor.list',
    'test.arg',
  ],
  wheel: [
    'key.accept',
    'key.delete',
    'key.finger',
    'key.gen_accept',
    'key.list',
    'key.list_all',
    'key.reject',
  ],
};

/** Every function that reactor files may name here: the master's, the minion's, and the operator's own. */
export async function knownFunctions(context: Context): Promise<KnownFunctions> {
  const local = await minionFunctions(context);
  return { ...masterFunctions, local, caller: local };
}

async function minionFunctions(context: Context): Promise<string[]> {
  const caller = createCaller(context.settings, {
    clock: systemClock,
    ids: systemIds(systemClock),
    telemetry: silentTelemetry,
  });
  try {
    const { return: names } = await caller.call('sys.list_functions', [], new Map());
    return Array.isArray(names) ? names.filter((name): name is string => typeof name === 'string') : [];
  } finally {
    await caller.close();
  }
}
