import { mkdirSync } from 'node:fs';
import { open, type RootDatabase } from 'lmdb';
import type { Clock } from '../core/index.ts';
import { Ahead } from './ahead.ts';
import { checkFile } from './check-file.ts';
import { faultOf } from './fault.ts';
import type { Key } from './keys.ts';
import { Table } from './table.ts';

export interface Environment {
  readonly folder: string;
  readonly root: RootDatabase<Uint8Array, Key>;
  readonly tables: ReadonlyMap<string, Table>;
  readonly ahead: Ahead;
}

/** Tables beyond those that were asked for: of earlier versions, and of the write-ahead file. */
const moreTables = 32;

/**
 * Opens or makes the LMDB files of a folder.
 *
 * `overlappingSync` is off: LMDB then ends a commit with fdatasync of the pages and a write of the new root
 * through a descriptor opened with O_DSYNC, on a thread of its own, and the promise of the commit resolves
 * after both. So a resolved commit is durable and a reader never sees one that is not. (With it on,
 * lmdb-js shows commits before they are on the disk; the rate was the same.)
 */
export function openEnvironment(folder: string, names: readonly string[], clock: Clock): Environment {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  checkFile(folder);
  try {
    const options = {
      path: folder,
      noSubdir: false,
      overlappingSync: false,
      // Transactions begin and end with the committer's batches.
      eventTurnBatching: false,
      encoding: 'binary' as const,
      maxDbs: names.length + moreTables,
      permissionsMode: 0o600,
    };
    const root = open<Uint8Array, Key>(options);
    const tables = new Map<string, Table>();
    const tableNamed = (name: string): Table => {
      const known = tables.get(name);
      if (known !== undefined) return known;
      const table = new Table(name, root.openDB<Uint8Array, Key>(name, { encoding: 'binary' }));
      tables.set(name, table);
      return table;
    };
    for (const name of names) tableNamed(name);
    return { folder, root, tables, ahead: new Ahead(folder, clock, tableNamed) };
  } catch (error) {
    throw faultOf(error, folder);
  }
}

export async function closeEnvironment({ root, ahead }: Environment): Promise<void> {
  ahead.close();
  await root.close();
}

/** The table of that name; the room's own code names only tables that it opened. */
export function tableOf(environment: Environment, name: string): Table {
  const table = environment.tables.get(name);
  if (table === undefined) throw new TypeError(`the journal has no table ${name}`);
  return table;
}
