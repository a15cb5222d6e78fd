import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../config/index.ts';
import type { EventLog, UndoList } from '../core/index.ts';
import { lockFolder, openEventLog, openStore, type Store } from '../journal/index.ts';
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

const tables = ['keys', 'jobs', 'returns', 'deliveries', 'grains', 'runs', 'running', 'unannounced'];

/** Takes the folder and opens what is in it. */
export async function openDisk(settings: Settings, deps: MasterDeps, undo: UndoList): Promise<Disk> {
  const { clock, telemetry } = deps;
  const { retentionHours, retentionBytes, queueEventsMax } = settings.master;
  const folder = join(settings.dataDir, 'master');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const lock = await lockFolder(folder, 'master');
  undo.add('folder lock', () => lock.release());
  const own = loadOwnKeys(folder);
  const store = await openStore(join(folder, 'store'), tables, { clock, telemetry });
  undo.add('store', () => store.close());
  const retentionMs = retentionHours * 3_600_000;
  const log = await openEventLog(join(folder, 'events'), { ...deps, retentionMs, retentionBytes });
  undo.add('event log', () => log.close());
  const { eventBytesMax } = settings;
  const ledger = new Ledger({ store, log, clock, telemetry, queueEventsMax, eventBytesMax });
  await ledger.recover();
  undo.add('ledger', () => ledger.close());
  return { store, log, ledger, own };
}
