import type { Settings } from '../config/index.ts';
import { Life, type ValueMap } from '../core/index.ts';
import type { MasterDeps, MasterEndpoints } from './deps.ts';
import { openMaster } from './open-master.ts';

/** Broker, keys, jobs, runners and wheels in one process. Start it once; a stopped one stays stopped. */
export interface Master {
  /** Throws DATA_DIR_IN_USE, PORT_IN_USE, SOCKET_PATH_TOO_LONG, BAD_CONFIG, JOURNAL_DAMAGED; then nothing stays open. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** For people. Throws NOT_RUNNING before `start`. */
  status(): ValueMap;
  /** Z85. Throws NOT_RUNNING before `start`. */
  readonly publicKey: string;
  /** Throws NOT_RUNNING before `start`. */
  readonly endpoints: MasterEndpoints;
}

const stopDeadlineMs = 10_000;

export function createMaster(settings: Settings, deps: MasterDeps): Master {
  const life = new Life({
    clock: deps.clock,
    stopDeadlineMs,
    name: 'The master',
    open: (undo) => openMaster(settings, deps, undo),
  });
  return {
    start: () => life.start(),
    stop: () => life.stop(),
    status: () => life.running.status(),
    get publicKey() {
      return life.running.publicKey;
    },
    get endpoints() {
      return life.running.endpoints;
    },
  };
}
