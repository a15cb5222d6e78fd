import { closeSync, existsSync, fstatSync, openSync, readSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { damaged } from './fault.ts';

/**
 * Looks at LMDB's file before LMDB does, because lmdb-js ends the process with a segmentation fault when a
 * file is not LMDB's, and the kernel ends it with SIGBUS on a read beyond the end of a file that was cut short.
 * A file that LMDB itself would make anew (none, or empty) is fine. Throws JOURNAL_DAMAGED.
 */
export function checkFile(folder: string): void {
  const file = join(folder, 'data.mdb');
  if (!existsSync(file)) return;
  const { size, metas } = readMetas(file);
  if (size === 0) return;
  const newest = metas.sort((a, b) => b.transaction - a.transaction)[0];
  if (newest === undefined) throw damaged(folder, 'data.mdb is not an LMDB file of this version');
  const needed = (newest.lastPage + 1) * newest.pageBytes;
  if (size >= needed) return;
  // LMDB may leave its last pages unwritten when they are free. Zeros in their place are recognised as damage
  // where they matter.
  if (needed - size > freePagesMax * newest.pageBytes)
    throw damaged(folder, 'data.mdb is shorter than it was written');
  truncateSync(file, needed);
}

const freePagesMax = 256;

interface Meta {
  readonly pageBytes: number;
  readonly lastPage: number;
  readonly transaction: number;
}

/** The two pages at the start that name the current root in turn; those that are broken are left out. */
function readMetas(file: string): { size: number; metas: Meta[] } {
  const descriptor = openSync(file, 'r');
  try {
    const { size } = fstatSync(descriptor);
    const first = readMeta(descriptor, 0);
    const second = readMeta(descriptor, first?.pageBytes ?? 4096);
    return { size, metas: [first, second].filter((meta) => meta !== null) };
  } finally {
    closeSync(descriptor);
  }
}

/** The layout of LMDB's data version 2, which lmdb-js 3 writes. */
function readMeta(descriptor: number, offset: number): Meta | null {
  const bytes = Buffer.alloc(0xa0);
  if (readSync(descriptor, bytes, 0, bytes.length, offset) < bytes.length) return null;
  if (bytes.readUInt32LE(0x18) !== 0xbeefc0de || bytes.readUInt32LE(0x1c) !== 2) return null;
  return {
    pageBytes: bytes.readUInt32LE(0x30),
    lastPage: Number(bytes.readBigUInt64LE(0x90)),
    transaction: Number(bytes.readBigUInt64LE(0x98)),
  };
}
