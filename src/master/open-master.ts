import type { Settings } from '../config/index.ts';
import { reportQueues, type UndoList, type ValueMap } from '../core/index.ts';
import type { MasterDeps, MasterEndpoints } from './deps.ts';
import type { WorkStatus } from './minions/work-link.ts';
import { openDisk } from './open-disk.ts';
import { openDoors } from './open-doors.ts';
import { type Doors, openParts } from './open-parts.ts';
import { Pulse } from './pulse.ts';
import { masterQueues } from './queues.ts';
import { healthOf, type StatusSources, statusOf } from './status.ts';

export interface RunningMaster {
  readonly publicKey: string;
  readonly endpoints: MasterEndpoints;
  status(): ValueMap;
}

/** Opens everything a master is made of, in order; `undo` gets how each piece is closed. */
export async function openMaster(
  settings: Settings,
  given: MasterDeps,
  undo: UndoList,
): Promise<RunningMaster> {
  const pulse = new Pulse(given.telemetry);
  const deps: MasterDeps = { ...given, telemetry: pulse };
  const { clock, telemetry } = deps;
  const startedMs = clock.monotonicMs();
  const doors: Doors = {};
  const work: WorkStatus = { refusedTags: 0 };
  const disk = await openDisk(settings, deps, undo);
  const parts = openParts(settings, deps, disk, doors, undo);
  await parts.runs.recover();
  const sources = (): StatusSources => ({
    ...parts,
    clock,
    pulse,
    queueEventsMax: settings.master.queueEventsMax,
    work,
    id: settings.master.id,
    publicKey: disk.own.publicKey,
    endpoints: Object.values(endpointsOf(doors)).flat(),
    uptimeMs: clock.monotonicMs() - startedMs,
    events: doors.events,
  });
  const told = { status: () => statusOf(sources()), health: () => healthOf(sources()) };
  await openDoors(settings, deps, parts, doors, work, told, undo);
  undo.add(
    'queue reports',
    reportQueues('master', () => masterQueues(sources()), deps),
  );
  const endpoints = endpointsOf(doors);
  telemetry.emit({
    kind: 'process.ready',
    role: 'master',
    fields: { ...endpoints, dataDir: settings.dataDir },
  });
  return { publicKey: disk.own.publicKey, endpoints, status: told.status };
}

function endpointsOf({ local, work, enrol }: Doors): MasterEndpoints {
  return {
    local: local?.endpoints ?? [],
    work: work?.endpoints ?? [],
    enrol: enrol?.endpoints ?? [],
  };
}
