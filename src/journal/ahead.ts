import { Packr } from 'msgpackr';
import { BrineError, type Clock } from '../core/index.ts';
import { pack, unpack } from './codec.ts';
import { damaged } from './fault.ts';
import type { Key } from './keys.ts';
import type { Change, Table } from './table.ts';
import { WriteAheadFile } from './write-ahead.ts';

const packr = new Packr({ useRecords: false, mapsAsObjects: false });

/** Commits until the next `refill`; further ones are for LMDB, which is faster when there are many. */
const commitsMax = 128;
const changesMax = 64;
const commitBytesMax = 16 * 1024;

const generationKey = 'generation';

type Row = readonly [table: string, key: Key, bytes: Uint8Array | null];

/**
 * The changes that are in the write-ahead file and not in LMDB. There are few and readers see them in their
 * tables; a committer has LMDB take them over.
 */
export class Ahead {
  readonly #file: WriteAheadFile | null;
  readonly #own: Table;
  #generation: number;
  #commits = 0;
  #staged: Change[] = [];
  #paused = false;

  constructor(folder: string, clock: Clock, tableNamed: (name: string) => Table) {
    this.#own = tableNamed('ahead');
    const stored = this.#own.get(generationKey);
    this.#generation = stored === undefined ? 1 : Number(unpack(stored));
    this.#file = WriteAheadFile.open(folder, clock);
    for (const payload of this.#file?.recover(this.#generation) ?? [])
      this.#stage(decode(payload, folder, tableNamed));
  }

  /** How many changes LMDB does not have. */
  get size(): number {
    return this.#staged.length;
  }

  /**
   * Makes a short commit durable: true, or a promise of it when the disk is slow; false when the commit is for
   * LMDB. Throws what the file system throws.
   */
  take(changes: readonly Change[]): boolean | Promise<boolean> {
    const file = this.#file;
    if (file === null || this.#paused || this.#commits >= commitsMax || !isShort(changes)) return false;
    const payload = packr.pack(changes.map(rowOf));
    if (!file.hasRoomFor(payload.length)) return false;
    const written = file.append(payload);
    if (written !== undefined) return written.then(() => this.#stage(changes));
    return this.#stage(changes);
  }

  /** Lets short commits in again. */
  refill(): void {
    this.#commits = 0;
  }

  /** Something went wrong: until LMDB has taken over what is here, everything is for LMDB. */
  pause(): void {
    this.#paused = true;
  }

  /** What LMDB is to write before the next changes, and with them that it did. */
  takeover(): readonly Change[] {
    if (this.#staged.length === 0 && !this.#paused) return [];
    return [...this.#staged, { table: this.#own, key: generationKey, bytes: pack(this.#generation + 1) }];
  }

  /** LMDB has written what `takeover` gave. */
  takenOver(): void {
    if (this.#staged.length === 0 && !this.#paused) return;
    for (const { table } of this.#staged) table.unstage();
    this.#staged = [];
    this.#paused = false;
    this.#generation += 1;
    this.#file?.restart(this.#generation);
  }

  close(): void {
    this.#file?.close();
  }

  #stage(changes: readonly Change[]): true {
    for (const change of changes) {
      change.table.stage(change);
      this.#staged.push(change);
    }
    this.#commits += 1;
    return true;
  }
}

function isShort(changes: readonly Change[]): boolean {
  if (changes.length > changesMax) return false;
  let bytes = 0;
  for (const change of changes) bytes += change.bytes?.length ?? 0;
  return bytes <= commitBytesMax;
}

function rowOf({ table, key, bytes }: Change): Row {
  return [table.name, key, bytes ?? null];
}

function decode(payload: Uint8Array, folder: string, tableNamed: (name: string) => Table): Change[] {
  try {
    const rows = packr.unpack(payload) as Row[];
    return rows.map(([name, key, bytes]): Change => {
      const table = tableNamed(name);
      return bytes === null ? { table, key } : { table, key, bytes };
    });
  } catch (cause) {
    if (cause instanceof BrineError) throw cause;
    throw damaged(folder, 'its write-ahead file does not decode', cause);
  }
}
