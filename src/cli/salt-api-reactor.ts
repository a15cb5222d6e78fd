import { join } from 'node:path';
import { type Telemetry, UndoList, type ValueMap } from '../core/index.ts';
import { collectGrains, createCaller } from '../minion/index.ts';
import { createReactor, type Reactor } from '../reactor/index.ts';
import { yamlifyArg } from '../render/index.ts';
import {
  type ConfiguredSaltApi,
  configuredSaltApi,
  openSaltApiSource,
  type SaltApiSource,
  saltApiPlane,
} from '../salt/index.ts';
import { systemClock, systemIds } from '../system/index.ts';
import type { Context } from './context.ts';
import { saltLookups } from './salt-lookups.ts';
import type { RoleService } from './services.ts';

const stopMs = 15_000;
const hourMs = 3_600_000;
/** As much as Salt sends: see `--salt`. */
const saltEventBytes = 32 << 20;

interface SaltApiReactorOptions {
  /** Wins over `salt_api.url`. */
  readonly url: string | null;
  readonly shadow: boolean;
}

/** The reactor of a Salt master on another host, which is reached through its salt-api. */
export function createSaltApiReactor(
  context: Context,
  telemetry: Telemetry,
  options: SaltApiReactorOptions,
): RoleService {
  const undo = new UndoList();
  let reactor: Reactor | undefined;
  return {
    name: 'reactor',
    get reactor() {
      return reactor;
    },
    start: async () => {
      const { settings } = context;
      const { saltApi } = settings.salt;
      const configured = configuredSaltApi({ ...saltApi, url: options.url ?? saltApi.url }, systemClock);
      undo.add('salt-api', () => configured.api.close());
      const source = await openSource(context, telemetry, configured, options);
      undo.add('the Salt bus', () => source.stop());
      reactor = reactorOf(context, telemetry, { configured, source, shadow: options.shadow }, undo);
      const started = reactor;
      undo.add('the reactor', () => started.stop());
      await started.start();
      source.start();
    },
    stop: () => undo.run(systemClock, stopMs),
  };
}

function openSource(
  { settings }: Context,
  telemetry: Telemetry,
  { api, url, username }: ConfiguredSaltApi,
  { shadow }: SaltApiReactorOptions,
): Promise<SaltApiSource> {
  const { dataDir, eventBytesMax, master, salt } = settings;
  return openSaltApiSource({
    api,
    url,
    username,
    folder: join(dataDir, 'salt'),
    clock: systemClock,
    ids: systemIds(systemClock),
    telemetry,
    retentionMs: master.retentionHours * hourMs,
    retentionBytes: master.retentionBytes,
    eventBytesMax: Math.max(eventBytesMax, saltEventBytes),
    queueEventsMax: master.queueEventsMax,
    peerEvents: salt.clusterEvents,
    probes: !shadow,
  });
}

function reactorOf(
  { settings }: Context,
  telemetry: Telemetry,
  parts: {
    readonly configured: ConfiguredSaltApi;
    readonly source: SaltApiSource;
    readonly shadow: boolean;
  },
  undo: UndoList,
): Reactor {
  const { source, configured, shadow } = parts;
  const { username, url } = configured;
  const ids = systemIds(systemClock);
  const deps = { clock: systemClock, ids, telemetry };
  const { nodegroups, timeoutS } = settings.master;
  const { coalesceMs } = settings.salt;
  const plane = saltApiPlane({ source, username, timeoutS, nodegroups, coalesceMs, clock: systemClock, ids });
  const caller = createCaller(settings, { ...deps, parseArgument: yamlifyArg });
  undo.add('functions for templates', () => caller.close());
  const asking = { salt: { user: username }, asking: plane.asking, book: source.book, clock: systemClock };
  return createReactor(settings, {
    ...deps,
    bus: source.bus,
    plane,
    lookups: saltLookups(asking, caller, settings),
    grains: () => collectGrains(settings.minion),
    shadow,
    about: (): ValueMap => new Map([['salt_api', url], ...source.status()]),
  });
}
