import type { Settings } from '../config/index.ts';
import { Life, type ValueMap } from '../core/index.ts';
import type { MinionDeps } from './deps.ts';
import { openParts } from './parts.ts';
import { minionStatus } from './status.ts';

export interface Minion {
  readonly id: string;
  /** Start it once; a stopped one stays stopped. Resolves when the bus, the modules and the spool are ready; the master is looked for from then on. */
  start(): Promise<void>;
  /** Ends what is under way; what the master has not acknowledged stays in the spool. */
  stop(): Promise<void>;
  status(): ValueMap;
}

const stopDeadlineMs = 10_000;

/** A minion: runs its master's jobs and brings events to it. */
export function createMinion(settings: Settings, deps: MinionDeps): Minion {
  const { id } = settings.minion;
  const life = new Life({
    clock: deps.clock,
    stopDeadlineMs,
    name: 'The minion',
    open: async (undo) => {
      const parts = await openParts(settings, deps, undo);
      deps.telemetry.emit({ kind: 'process.ready', role: 'minion', fields: { id } });
      return parts;
    },
  });
  return {
    id,
    start: () => life.start(),
    stop: () => life.stop(),
    status: () => minionStatus(id, life.opened),
  };
}
