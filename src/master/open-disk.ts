import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../config/index.ts';
import type { EventLog, UndoList } from '../core/index.ts';
import { lockFolder, openLoggedStore, type Store } from '../journal/index.ts';
import type { MasterDeps } from './deps.ts';
import { type KeyPair, loadOwnKeys } from './keys/own-keys.ts';
import { Ledger } from './ledger.ts';

/** What a master has on its disk. */
export interface Disk {
  readonly store: Store;
  readonly log: EventLog;
  readonly ledger: Ledger;
  readonly own: KeyPair;
}

const tables = ['keys', 'jobs', 'returns', 'deliveries', 'grains', 'runs', 'running'];

/** Takes the folder and opens what is in it. */
export async function openDisk(settings: Settings, deps: MasterDeps, undo: UndoList): Promise<Disk> {
  const { clock } = deps;
  const { retentionHours, retentionBytes, queueEventsMax } = settings.master;
  const folder = join(settings.dataDir, 'master');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const lock = await lockFolder(folder, 'master');
  undo.add('folder lock', () => lock.release());
  const own = loadOwnKeys(folder);
  const retentionMs = retentionHours * 3_600_000;
  const limits = { retentionMs, retentionBytes };
  const journal = await openLoggedStore(join(folder, 'journal'), tables, { ...deps, ...limits });
  undo.add('journal', () => journal.close());
  const { eventBytesMax } = settings;
  const ledger = new Ledger({ journal, clock, queueEventsMax, eventBytesMax });
  undo.add('ledger', () => ledger.close());
  return { store: journal.store, log: journal.log, ledger, own };
}
