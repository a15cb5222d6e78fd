import { Packr } from 'msgpackr';
import { BrineError, type Clock } from '../core/index.ts';
import { pack, unpack } from './codec.ts';
import { damaged } from './fault.ts';
import type { Key } from './keys.ts';
import type { Change, Table } from './table.ts';
import { WriteAheadFile } from './write-ahead.ts';

const packr = new Packr({ useRecords: false, mapsAsObjects: false });

/**
 * Longer commits are for LMDB, which is faster at them. Far above what comes together while one commit is written,
 * or a single slow flush would send everything after it through LMDB, each time with more that waited.
 */
const changesMax = 512;
const commitBytesMax = 512 * 1024;

const generationKey = 'generation';
const fileNames = ['ahead-0.log', 'ahead-1.log'] as const;

type Row = readonly [table: string, key: Key, bytes: Uint8Array | null];

/**
 * The changes that are in the write-ahead files and not in LMDB. There are few and readers see them in their
 * tables; a committer has LMDB take them over, one generation at a time, while the next one grows.
 */
export class Ahead {
  /** Of even and of odd generations; null when there is no room for them. */
  readonly #files: readonly [WriteAheadFile, WriteAheadFile] | null;
  readonly #own: Table;
  /** Which one grows. */
  #generation: number;
  #staged: Change[] = [];
  /** The generation before, while LMDB takes it over. */
  #leaving: Change[] = [];
  #paused = false;

  constructor(folder: string, clock: Clock, tableNamed: (name: string) => Table) {
    this.#own = tableNamed('ahead');
    const stored = this.#own.get(generationKey);
    this.#generation = stored === undefined ? 1 : Number(unpack(stored));
    this.#files = openFiles(folder, clock);
    this.#recover((payload) => this.#stage(decode(payload, folder, tableNamed)));
  }

  /** How many changes LMDB does not have. */
  get size(): number {
    return this.#staged.length + this.#leaving.length;
  }

  /** Whether the generation that grows should be taken over soon. */
  get isFilling(): boolean {
    return this.#file?.isFilling === true;
  }

  /**
   * Makes a short commit durable: true, or a promise of it when the disk is slow; false when the commit is for
   * LMDB. Throws what the file system throws.
   */
  take(changes: readonly Change[]): boolean | Promise<boolean> {
    const file = this.#file;
    if (file === undefined || this.#paused || !isShort(changes)) return false;
    const payload = packr.pack(changes.map(rowOf));
    if (!file.hasRoomFor(payload.length)) return false;
    const written = file.append(payload);
    if (written !== undefined) return written.then(() => this.#stage(changes));
    return this.#stage(changes);
  }

  /** Something went wrong: until LMDB has taken over what is here, everything is for LMDB. */
  pause(): void {
    this.#paused = true;
  }

  /**
   * Ends a generation; gives what LMDB is to write of it while the next one grows, then `left` or `stays` follows.
   * undefined when nothing can leave now.
   */
  leave(): readonly Change[] | undefined {
    if (this.#paused || this.#staged.length === 0 || this.#leaving.length > 0) return undefined;
    this.#leaving = this.#staged;
    this.#staged = [];
    this.#next();
    return [...lastOf(this.#leaving), this.#record(this.#generation)];
  }

  /** LMDB has written what `leave` gave. */
  left(): void {
    for (const change of this.#leaving) change.table.unstage(change);
    this.#leaving = [];
  }

  /** LMDB has not: both generations are for the next transaction, and none grows before. */
  stays(): void {
    this.#staged = [...this.#leaving, ...this.#staged];
    this.#leaving = [];
    this.#paused = true;
  }

  /** What LMDB is to write before the next changes, and with them that it did. Nothing may be leaving. */
  takeover(): readonly Change[] {
    if (this.#staged.length === 0 && !this.#paused) return [];
    return [...lastOf(this.#staged), this.#record(this.#generation + 1)];
  }

  /** LMDB has written what `takeover` gave. */
  takenOver(): void {
    if (this.#staged.length === 0 && !this.#paused) return;
    for (const change of this.#staged) change.table.unstage(change);
    this.#staged = [];
    this.#paused = false;
    this.#next();
  }

  close(): void {
    for (const file of this.#files ?? []) file.close();
  }

  get #file(): WriteAheadFile | undefined {
    return this.#files?.[this.#generation % 2];
  }

  #next(): void {
    this.#generation += 1;
    this.#file?.restart(this.#generation);
  }

  #record(generation: number): Change {
    return { table: this.#own, key: generationKey, bytes: pack(generation) };
  }

  /** The generation that LMDB asks for, and the one after it, which may have grown while LMDB took that over. */
  #recover(stage: (payload: Uint8Array) => void): void {
    for (const payload of this.#file?.recover(this.#generation) ?? []) stage(payload);
    const after = this.#files?.[(this.#generation + 1) % 2]?.recover(this.#generation + 1) ?? [];
    if (after.length === 0) return;
    for (const payload of after) stage(payload);
    this.#generation += 1;
    // The file of a third generation would be that of the first.
    this.#paused = true;
  }

  #stage(changes: readonly Change[]): true {
    for (const change of changes) {
      change.table.stage(change);
      this.#staged.push(change);
    }
    return true;
  }
}

function openFiles(folder: string, clock: Clock): [WriteAheadFile, WriteAheadFile] | null {
  const [even, odd] = fileNames.map((name) => WriteAheadFile.open(folder, name, clock));
  return even && odd ? [even, odd] : null;
}

/** Of several changes of a key only the last one is written: positions and reactions that are done change often. */
function lastOf(changes: readonly Change[]): Change[] {
  return changes.filter((change) => change.table.isLast(change));
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
