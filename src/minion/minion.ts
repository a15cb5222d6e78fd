import type { Settings } from '../config/index.ts';
import { UndoList, type ValueMap } from '../core/index.ts';
import type { MinionDeps } from './deps.ts';
import { openParts, type Parts } from './parts.ts';
import { minionStatus } from './status.ts';

export interface Minion {
  readonly id: string;
  /** Start it once; a stopped one stays stopped. Resolves when the bus, the modules and the spool are ready; the master is looked for from then on. */
  start(): Promise<void>;
  /** Ends what is under way; what the master has not acknowledged stays in the spool. */
  stop(): Promise<void>;
  status(): ValueMap;
}

const stopMs = 10_000;

/** A minion: runs its master's jobs and brings events to it. */
export function createMinion(settings: Settings, deps: MinionDeps): Minion {
  return new MinionProcess(settings, deps);
}

class MinionProcess implements Minion {
  readonly id: string;
  readonly #settings: Settings;
  readonly #deps: MinionDeps;
  readonly #undo = new UndoList();
  #parts: Parts | undefined;
  #starting: Promise<void> | undefined;

  constructor(settings: Settings, deps: MinionDeps) {
    this.id = settings.minion.id;
    this.#settings = settings;
    this.#deps = deps;
  }

  start(): Promise<void> {
    this.#starting ??= this.#open();
    return this.#starting;
  }

  async stop(): Promise<void> {
    await this.#starting?.catch(() => undefined);
    await this.#undo.run(this.#deps.clock, stopMs);
  }

  async #open(): Promise<void> {
    try {
      this.#parts = await openParts(this.#settings, this.#deps, this.#undo);
    } catch (error) {
      await this.#undo.run(this.#deps.clock, stopMs);
      throw error;
    }
    this.#deps.telemetry.emit({ kind: 'process.ready', role: 'minion', fields: { id: this.id } });
  }

  status(): ValueMap {
    return minionStatus(this.id, this.#parts);
  }
}
