import { mkdirSync } from 'node:fs';
import { type Database, open, type RootDatabase } from 'lmdb';
import { checkFile } from './check-file.ts';
import { faultOf } from './fault.ts';

/** Numbers sort by value, strings by their bytes, lists item by item. */
export type Key = string | number | (string | number)[];

/** A named table: keys in order, values as bytes. */
export type Table = Database<Uint8Array, Key>;

export interface Environment {
  readonly folder: string;
  readonly root: RootDatabase<Uint8Array, Key>;
  readonly tables: ReadonlyMap<string, Table>;
}

/** Longest key in bytes that LMDB takes. */
export const keyBytesMax = 1900;

/**
 * Opens or makes the LMDB files of a folder.
 *
 * `overlappingSync` is off: LMDB then ends a commit with fdatasync of the pages and a write of the new root
 * through a descriptor opened with O_DSYNC, on a thread of its own, and the promise of the commit resolves
 * after both. So a resolved commit is durable and a reader never sees one that is not. (With it on,
 * lmdb-js shows commits before they are on the disk; the rate was the same.)
 */
export function openEnvironment(folder: string, names: readonly string[]): Environment {
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
      maxDbs: names.length + 2,
      permissionsMode: 0o600,
    };
    const root = open<Uint8Array, Key>(options);
    const tables = new Map(
      names.map((name) => [name, root.openDB<Uint8Array, Key>(name, { encoding: 'binary' })]),
    );
    return { folder, root, tables };
  } catch (error) {
    throw faultOf(error, folder);
  }
}

/** The table of that name; the room's own code names only tables that it opened. */
export function tableOf(environment: Environment, name: string): Table {
  const table = environment.tables.get(name);
  if (table === undefined) throw new TypeError(`the journal has no table ${name}`);
  return table;
}
