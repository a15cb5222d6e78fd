import { mapOf, type TraceEvent, toJson, type Value, type ValueMap } from '../core/index.ts';
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

export interface RoleService extends Service {
  readonly reactor?: Reactor | undefined;
}

/** A role as something that can be started and stopped. */
export function createService(
  context: Context,
  role: Role,
  telemetry: { emit(event: TraceEvent): void },
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
      const stop = (): Promise<void> => reactor.stop().finally(() => caller.close());
      return { name: role, start: () => reactor.start(), stop, reactor };
    }
  }
}

/** The line by which a script knows that it may go on. */
export function readyLine(
  context: Context,
  started: readonly Role[],
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
