import type { Settings } from '../config/index.ts';
import { BrineError, UndoList, type ValueMap } from '../core/index.ts';
import type { MasterDeps, MasterEndpoints } from './deps.ts';
import { openMaster, type RunningMaster } from './open-master.ts';

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
  const undo = new UndoList();
  let running: RunningMaster | undefined;
  let starting: Promise<void> | undefined;
  const whenRunning = (): RunningMaster => {
    if (running === undefined) throw new BrineError('NOT_RUNNING', 'The master has not been started.');
    return running;
  };
  const start = async (): Promise<void> => {
    try {
      running = await openMaster(settings, deps, undo);
    } catch (error) {
      await undo.run(deps.clock, stopDeadlineMs);
      throw error;
    }
  };
  return {
    start: () => {
      starting ??= start();
      return starting;
    },
    stop: async () => {
      await starting?.catch(() => undefined);
      await undo.run(deps.clock, stopDeadlineMs);
    },
    status: () => whenRunning().status(),
    get publicKey() {
      return whenRunning().publicKey;
    },
    get endpoints() {
      return whenRunning().endpoints;
    },
  };
}
