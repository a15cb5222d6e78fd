import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { mapOf, type Telemetry, toJson, type Value, type ValueMap } from '../core/index.ts';
import type { Api } from '../http/index.ts';
import { createMaster } from '../master/index.ts';
import { collectGrains, createCaller, createMinion } from '../minion/index.ts';
import { createReactor, type Reactor } from '../reactor/index.ts';
import { yamlifyArg } from '../render/index.ts';
import { systemClock, systemIds } from '../system/index.ts';
import type { Context } from './context.ts';
import type { Service } from './daemon.ts';
import { problemsText } from './failure.ts';
import { hostLookups } from './host-lookups.ts';

export const roles = ['master', 'minion', 'reactor'] as const;
export type Role = (typeof roles)[number];

/** What this program can be: the roles, and what serves them to others. */
export type ServiceName = Role | 'api';

export interface RoleService extends Service {
  readonly reactor?: Reactor | undefined;
  /** Where the API listens, once it is started. */
  readonly url?: () => string | null;
}

/** A role as something that can be started and stopped. */
export function createService(
  context: Context,
  role: ServiceName,
  telemetry: Telemetry,
  options: { readonly shadow?: boolean } = {},
): RoleService {
  const { settings } = context;
  const deps = { clock: systemClock, ids: systemIds(systemClock), telemetry };
  switch (role) {
    case 'master': {
      const master = createMaster(settings, deps);
      return { name: role, start: () => master.start(), stop: () => master.stop() };
    }
    case 'minion': {
      const minion = createMinion(settings, { ...deps, parseArgument: yamlifyArg });
      return { name: role, start: () => minion.start(), stop: () => minion.stop() };
    }
    case 'reactor': {
      const caller = createCaller(settings, { ...deps, parseArgument: yamlifyArg });
      const host = hostLookups(caller);
      const grains = (): ValueMap => collectGrains(settings.minion);
      const reactor = createReactor(settings, { ...deps, host, grains, shadow: options.shadow === true });
      const stop = async (): Promise<void> => {
        try {
          await reactor.stop();
        } finally {
          await caller.close();
        }
      };
      return { name: role, start: () => reactor.start(), stop, reactor };
    }
    case 'api':
      return createApiService(context, telemetry);
  }
}

/** Loaded when it is started, because most processes have no API. */
function createApiService(context: Context, telemetry: Telemetry): RoleService {
  const deps = { clock: systemClock, ids: systemIds(systemClock), telemetry };
  let api: Api | undefined;
  return {
    name: 'api',
    start: async () => {
      const { createApi } = await import('../http/index.ts');
      api = createApi(context.settings, deps);
      await api.start();
    },
    stop: async () => api?.stop(),
    url: () => api?.url ?? null,
  };
}

/** Whether `brine up` serves the API: it is configured, or somebody was given access to it. */
export function wantsApi({ api, dataDir }: Context['settings']): boolean {
  const files = ['users.json', 'tokens.json'].map((name) => join(dataDir, 'api', name));
  return api.configured || files.some((file) => existsSync(file));
}

/** The line by which a script knows that it may go on. */
export function readyLine(
  context: Context,
  started: readonly ServiceName[],
  more: Record<string, Value> = {},
): string {
  const { dataDir, sockDir, minion } = context.settings;
  const ready = { ready: true, data_dir: dataDir, sock_dir: sockDir, id: minion.id, roles: [...started] };
  return `${toJson(mapOf({ ...ready, pid: process.pid, ...more }), { compact: true })}\n`;
}

/** SIGHUP: the reactor files are read again. On problems the last good rules stay, and the log says so. */
export async function reload(context: Context, reactor: Reactor | undefined): Promise<void> {
  if (reactor === undefined) return;
  const { ok, rules, problems } = await reactor.reload();
  const { io } = context;
  if (ok) io.err(`brine: reloaded, ${rules} rules\n`);
  else io.err(`${problemsText(problems)}brine: not reloaded, the last good rules stay\n`);
}
