import { closeSync, fstatSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { BrineError, messageOf, systemCode } from '../core/index.ts';

const ioError = 5;
const diskFull = new Set([28 /* ENOSPC */, 27 /* EFBIG */, 122 /* EDQUOT */, -30792 /* MDB_MAP_FULL */]);
const diskFullNames = new Set(['ENOSPC', 'EFBIG', 'EDQUOT']);

/** What LMDB threw, as an error of ours. The number in `code` is the system's or LMDB's. */
export function faultOf(error: unknown, folder: string): BrineError {
  if (error instanceof BrineError) return error;
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code === 'number' && (diskFull.has(code) || (code === ioError && !hasRoom(folder)))) {
    return new BrineError('DISK_FULL', `There is no room left on the disk of ${folder}.`, {
      fields: { folder, code },
      cause: error,
    });
  }
  return damaged(folder, messageOf(error), error);
}

/**
 * Whether the file can grow. LMDB calls it an input/output error when only a part of its pages fitted on
 * the disk; writing behind the end of its file, where no page is in use, tells the real reason.
 */
function hasRoom(folder: string): boolean {
  const descriptor = openSync(join(folder, 'data.mdb'), 'r+');
  try {
    const page = new Uint8Array(4096);
    return writeSync(descriptor, page, 0, page.length, fstatSync(descriptor).size) === page.length;
  } catch (error) {
    return !diskFullNames.has(systemCode(error) ?? '');
  } finally {
    closeSync(descriptor);
  }
}

/** Runs a read; what LMDB throws becomes an error of ours. */
export function reading<T>(folder: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw faultOf(error, folder);
  }
}

export function damaged(folder: string, why: string, cause?: unknown): BrineError {
  return new BrineError(
    'JOURNAL_DAMAGED',
    `The journal in ${folder} cannot be used: ${why}. Move that folder away and restore it from a backup, or start with an empty one.`,
    { fields: { folder }, cause },
  );
}
