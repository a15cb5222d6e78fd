import type { Settings } from '../config/index.ts';
import type { UndoList, ValueMap } from '../core/index.ts';
import type { MasterDeps, MasterEndpoints } from './deps.ts';
import type { WorkStatus } from './minions/work-link.ts';
import { openDisk } from './open-disk.ts';
import { openDoors } from './open-doors.ts';
import { type Doors, openParts } from './open-parts.ts';
import { statusOf } from './status.ts';

export interface RunningMaster {
  readonly publicKey: string;
  readonly endpoints: MasterEndpoints;
  status(): ValueMap;
}

/** Opens everything a master is made of, in order; `undo` gets how each piece is closed. */
export async function openMaster(
  settings: Settings,
  deps: MasterDeps,
  undo: UndoList,
): Promise<RunningMaster> {
  const { clock, telemetry } = deps;
  const startedMs = clock.monotonicMs();
  const doors: Doors = {};
  const work: WorkStatus = { refusedTags: 0 };
  const disk = await openDisk(settings, deps, undo);
  const parts = openParts(settings, deps, disk, doors, undo);
  await parts.runs.recover();
  const status = (): ValueMap =>
    statusOf({
      ...parts,
      work,
      id: settings.master.id,
      publicKey: disk.own.publicKey,
      endpoints: Object.values(endpointsOf(doors)).flat(),
      uptimeMs: clock.monotonicMs() - startedMs,
      events: doors.events,
    });
  await openDoors(settings, deps, parts, doors, work, status, undo);
  const endpoints = endpointsOf(doors);
  telemetry.emit({
    kind: 'process.ready',
    role: 'master',
    fields: { ...endpoints, dataDir: settings.dataDir },
  });
  return { publicKey: disk.own.publicKey, endpoints, status };
}

function endpointsOf({ local, work, enrol }: Doors): MasterEndpoints {
  return {
    local: local?.endpoints ?? [],
    work: work?.endpoints ?? [],
    enrol: enrol?.endpoints ?? [],
  };
}
